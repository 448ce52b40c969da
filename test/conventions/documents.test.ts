// The documents say what the code does.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isUnionType } from 'graphql';
import { type SettingName, settings, WITHOUT_EFFECT } from '../../src/config/settings.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { resolvers } from '../../src/resolvers.ts';
import { projectRoot } from '../support/project-root.ts';
import { readProjectFile, sourceFiles, tableBelow } from '../support/sources.ts';

const readme = readProjectFile('README.md');
const names = Object.keys(settings) as SettingName[];

/** What a setting is when nobody sets it, as one would write it. */
function writtenDefault(name: SettingName): string {
  const value: unknown = settings[name].parse(undefined);
  return value === undefined ? '' : String(value);
}

describe('.env.example', () => {
  const lines = readProjectFile('.env.example').split('\n');
  const values = new Map(
    lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/, 2) as [string, string]),
  );

  it('has every setting with its default, and no other', () => {
    expect([...values.keys()].sort()).toEqual([...names].sort());
    for (const name of names) expect([name, values.get(name)]).toEqual([name, writtenDefault(name)]);
  });

  it('explains each, and marks those without effect', () => {
    const text = lines.join('\n');
    for (const name of names) {
      const block =
        text.split(/\n\n/).find((paragraph) => new RegExp(`^${name}=`, 'm').test(paragraph)) ?? '';
      const comment = block
        .slice(0, block.search(new RegExp(`^${name}=`, 'm')))
        .split(/^[A-Z_]+=.*$/m)
        .findLast((part) => part.includes('#'));
      expect([name, comment?.includes('No effect yet')]).toEqual([name, WITHOUT_EFFECT.includes(name)]);
    }
  });
});

describe("the README's table of", () => {
  it('settings has each with its default', () => {
    const rows = tableBelow(readme, 'Settings');
    expect(rows.map(([name, value]) => [name, value])).toEqual(
      names.map((name) => [name, writtenDefault(name)]),
    );
  });

  it('outcomes has the members of each union in their order', () => {
    const schema = createSchema(resolvers);
    const rows = new Map(
      tableBelow(readme, 'Operations').map(([operation, outcomes]) => [operation, outcomes]),
    );
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    );
    expect([...rows.keys()]).toEqual(fields.map(({ name }) => name));
    for (const { name, type } of fields) {
      const union = schema.getType(String(type).replace('!', ''));
      const members = isUnionType(union) ? union.getTypes().map((member) => member.name) : [];
      expect(rows.get(name)?.split(/,? +/)).toEqual(members);
    }
  });

  it('errno codes names types that exist and sentences that are spoken', () => {
    const schema = createSchema(resolvers);
    const source = sourceFiles()
      .map(({ text }) => text)
      .join('\n');
    const rows = tableBelow(readme, 'From errno to types');
    expect(rows).toHaveLength(9);
    for (const [, messages = '', type = ''] of rows) {
      expect([type, schema.getType(type)?.name]).toEqual([type, type]);
      for (const message of messages.split(' / ')) {
        const isReplaced = message === '' || message === '发送成功' || message === '短信验证码保存异常';
        if (!isReplaced) expect(source).toContain(`'${message}'`);
      }
    }
  });

  it('dependencies has a reason for each', () => {
    const manifests = ['package.json', 'web/package.json', 'tools/codegen/package.json'];
    const wanted = new Set(
      manifests.flatMap((manifest) => {
        const { dependencies, devDependencies } = JSON.parse(readProjectFile(manifest));
        return Object.keys({ ...dependencies, ...devDependencies });
      }),
    );
    const rows = ['Dependencies', 'Packages of the pages'].flatMap((heading) => tableBelow(readme, heading));
    expect(new Set(rows.flatMap(([packages = '']) => packages.split(', ')))).toEqual(wanted);
    for (const [packages, reason] of rows)
      expect([packages, (reason ?? '').length > 20]).toEqual([packages, true]);
  });

  it('files of src/ has each folder and each file of the root', () => {
    const entries = readdirSync(join(projectRoot, 'src'), { withFileTypes: true });
    const expected = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    expect(
      tableBelow(readme, 'Map of src')
        .flatMap(([entry = '']) => entry.split(', '))
        .sort(),
    ).toEqual(expected.sort());
  });
});

describe("the README's example of the kit", () => {
  it('is the one that is compiled', () => {
    const example = readProjectFile('web/src/examples/send-code.tsx');
    expect(readme).toContain(`\`\`\`tsx\n${example.slice(example.indexOf('export '))}\`\`\`\n`);
  });
});

describe("the README's map of the pages", () => {
  it('has each folder', () => {
    const folders = readdirSync(join(projectRoot, 'web/src')).map((folder) => `${folder}/`);
    expect(tableBelow(readme, 'Map of web').flat()).toEqual(expect.arrayContaining(folders));
  });
});

describe('docs/security.md', () => {
  it('names tests that are there, by their very words', () => {
    const document = readProjectFile('docs/security.md');
    const named = [...document.matchAll(/`(test\/[\w./-]+)`(?:: "([^"]+)")?/g)];
    expect(named.length).toBeGreaterThan(20);
    for (const [, path = '', sentence = ''] of named) {
      expect([path, readProjectFile(path).includes(sentence)]).toEqual([path, true]);
    }
  });
});

describe('every file of src/', () => {
  it('opens with a sentence that says its job', () => {
    const silent = sourceFiles().filter(
      ({ path, text }) => !text.startsWith('// ') && !path.includes('/migrations/'),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});
