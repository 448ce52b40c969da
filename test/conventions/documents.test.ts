// The documents agree with the code.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isObjectType, isUnionType } from 'graphql';
import { ConfigError, loadConfig } from '../../src/config/load-config.ts';
import { type SettingName, settings } from '../../src/config/settings.ts';
import {
  HTTP_IDLE_CONNECTION_TIMEOUT_MS,
  HTTP_REQUEST_TIMEOUT_MS,
  IN_FLIGHT_TIMEOUT_MS,
  SHUTDOWN_DRAIN_SECONDS,
  SMS_PROVIDER_TIMEOUT_SECONDS,
  STORE_BUDGET_PER_REQUEST_MS,
  STORE_CALL_TIMEOUT_MS,
  sendRequestTimeoutMs,
  shutdownTimeoutMs,
  UNIFORM_RESPONSE_TIME_MS,
} from '../../src/config/time-budgets.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { resolvers } from '../../src/resolvers.ts';
import { smsProviderNames } from '../../src/sms/providers/providers.ts';
import { codeBlocks, headings, linkTargets } from '../support/markdown.ts';
import { projectRoot } from '../support/project-root.ts';
import { readProjectFile, sourceFiles, tableBelow } from '../support/sources.ts';

const document = (name: string) => readProjectFile(`docs/${name}.md`);
const names = Object.keys(settings) as SettingName[];
const schema = createSchema(resolvers);
const source = sourceFiles()
  .map(({ text }) => text)
  .join('\n');

/** The default of a setting, as a file would contain it. */
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

  it('explains every setting, alone or together with the ones before it', () => {
    for (const [index, line] of lines.entries()) {
      if (!/^[A-Z_]+=/.test(line)) continue;
      const above = lines.slice(0, index).findLast((other) => !/^[A-Z_]+=/.test(other));
      expect([line, above]).toEqual([line, expect.stringMatching(/^# \S/)]);
    }
  });
});

describe('docs/configuration.md', () => {
  const configuration = document('configuration');

  it('has every setting with its default, and no other', () => {
    const rows = tableBelow(configuration, 'Settings').map(([name, value]) => [name, value]);
    const expected = names.map((name) => [name, writtenDefault(name)]);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });

  it('has the settings without which production does not start', () => {
    const missing = (environment: Record<string, string>) => {
      try {
        loadConfig({ NODE_ENV: 'production', ...environment });
        return [];
      } catch (error) {
        return (error as ConfigError).errors.map((message) => message.split(' ', 1)[0] ?? '');
      }
    };
    const required = new Set(
      [{}, ...smsProviderNames.map((name) => ({ SMS_PROVIDER: name }))].flatMap((environment) =>
        missing(environment),
      ),
    );
    const rows = tableBelow(configuration, 'Required in production').flatMap(([name = '']) =>
      name.split(', '),
    );
    expect(rows.toSorted()).toEqual([...required].toSorted());
  });
});

describe('docs/api.md', () => {
  const api = document('api');

  it('has the members of each union in their order', () => {
    const rows = new Map(tableBelow(api, 'Operations').map(([operation, outcomes]) => [operation, outcomes]));
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    );
    expect([...rows.keys()].toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
    for (const { name, type } of fields) {
      const union = schema.getType(String(type).replace('!', ''));
      const members = isUnionType(union) ? union.getTypes().map((member) => member.name) : [];
      expect(members.length).toBeGreaterThan(1);
      expect(rows.get(name)?.split(/,? +/)).toEqual(members);
    }
  });

  it('has every error once', () => {
    const errors = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter((type) => type.getInterfaces().length > 0)
      .map(({ name }) => name);
    expect(
      tableBelow(api, 'Errors')
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(errors.toSorted());
  });

  it('maps errno codes to types that exist, with messages that the service has', () => {
    const rows = tableBelow(api, 'From errno to types');
    expect(rows).toHaveLength(9);
    for (const [, messages = '', type = ''] of rows) {
      expect([type, schema.getType(type)?.name]).toEqual([type, type]);
      for (const message of messages.split(' / ')) {
        // A success has no message, and both failures of a database have the same one.
        const isReplaced = ['', '发送成功', '短信验证码保存异常'].includes(message);
        if (!isReplaced) expect(source).toContain(`'${message}'`);
      }
    }
  });
});

describe('docs/operations.md', () => {
  const operations = document('operations');

  it('has every metric with its type and its labels, and no other', () => {
    const text = readProjectFile('src/observability/metrics.ts');
    const definitions = [
      ...text.matchAll(/new (Counter|Gauge|Histogram)\(\{\s*name: '(\w+)'[\s\S]*?labelNames: \[([^\]]*)\]/g),
    ].map(([, type = '', name, labels = '']) => [name, type.toLowerCase(), labels.replaceAll("'", '')]);
    expect(definitions).toHaveLength((text.match(/\bname: '/g) ?? []).length);
    const rows = tableBelow(operations, 'Metrics').filter(([name = '']) => name.startsWith('yanzheng_'));
    expect(rows.map((row) => row.slice(0, 3)).toSorted()).toEqual(definitions.toSorted());
  });

  it('has every audit event, and no other', () => {
    const [, body = ''] =
      /export interface AuditEvents \{\n([\s\S]*?)\n\}/.exec(readProjectFile('src/common/audit.ts')) ?? [];
    const events = [...body.matchAll(/^ {2}readonly (\w+):/gm)].map(([, event]) => event);
    expect(events.length).toBeGreaterThan(5);
    const rows = tableBelow(operations, 'Audit events').map(([event]) => event);
    expect(rows.toSorted()).toEqual(events.toSorted());
  });

  it('has messages that the log has', () => {
    const messages = tableBelow(operations, 'Logs').map(([, message = '']) => message);
    expect(messages.length).toBeGreaterThan(5);
    for (const message of messages) expect(source).toContain(`'${message}'`);
  });

  it('has the time-outs of the service', () => {
    const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
    expect(tableBelow(operations, 'Time-outs').map(([, value]) => value)).toEqual([
      seconds(STORE_CALL_TIMEOUT_MS),
      seconds(STORE_BUDGET_PER_REQUEST_MS),
      `${SMS_PROVIDER_TIMEOUT_SECONDS} s`,
      seconds(sendRequestTimeoutMs(SMS_PROVIDER_TIMEOUT_SECONDS * 1000)),
      seconds(UNIFORM_RESPONSE_TIME_MS),
      seconds(HTTP_REQUEST_TIMEOUT_MS),
      seconds(HTTP_IDLE_CONNECTION_TIMEOUT_MS),
      `${SHUTDOWN_DRAIN_SECONDS} s`,
      seconds(IN_FLIGHT_TIMEOUT_MS),
      seconds(shutdownTimeoutMs(SHUTDOWN_DRAIN_SECONDS)),
    ]);
  });
});

describe('docs/providers.md', () => {
  it('has every provider, and no other', () => {
    const rows = tableBelow(document('providers'), 'Providers').map(([name]) => name);
    expect(rows.toSorted()).toEqual([...smsProviderNames].toSorted());
  });
});

describe('docs/architecture.md', () => {
  const architecture = document('architecture');

  it('has every folder and every file of src/', () => {
    const entries = readdirSync(join(projectRoot, 'src'), { withFileTypes: true });
    const expected = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    const rows = tableBelow(architecture, 'Layout of src').map(([entry]) => entry);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });

  it('has every folder of web/src/', () => {
    const folders = readdirSync(join(projectRoot, 'web/src')).map((folder) => `${folder}/`);
    const rows = tableBelow(architecture, 'Map of web').map(([entry]) => entry);
    expect(rows.toSorted()).toEqual(folders.toSorted());
  });

  it('follows a request through files that exist', () => {
    const files = tableBelow(architecture, 'One request').flatMap(([, paths = '']) => paths.split(', '));
    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((path) => !existsSync(join(projectRoot, 'src', path)))).toEqual([]);
  });

  it('names the script that reserves the limits of each action', () => {
    const rows = tableBelow(architecture, 'Rate limits');
    expect(rows).toHaveLength(4);
    for (const [action, script] of rows) {
      expect(source).toContain(`  ${action}: [`);
      expect(source).toContain(`'${script}'`);
    }
  });

  it('quotes code as it is', () => {
    for (const block of codeBlocks(architecture, 'ts')) expect(source).toContain(block);
  });
});

describe('docs/contributing.md', () => {
  const contributing = document('contributing');

  it('has every command of package.json, and no other', () => {
    const commands = Object.keys(JSON.parse(readProjectFile('package.json')).scripts);
    const rows = tableBelow(contributing, 'Commands').map(([command = '']) =>
      command.replace(/^npm (run )?/, ''),
    );
    expect(rows.toSorted()).toEqual(commands.toSorted());
  });

  it('has every folder of test/', () => {
    const folders = readdirSync(join(projectRoot, 'test')).map((folder) => `test/${folder}/`);
    const rows = tableBelow(contributing, 'Tests').map(([folder]) => folder);
    expect(rows.toSorted()).toEqual(folders.toSorted());
  });

  it('has a reason for each dependency', () => {
    const manifests = ['package.json', 'web/package.json', 'tools/codegen/package.json'];
    const installed = new Set(
      manifests.flatMap((manifest) => {
        const { dependencies, devDependencies } = JSON.parse(readProjectFile(manifest));
        return Object.keys({ ...dependencies, ...devDependencies });
      }),
    );
    const rows = ['Dependencies', 'Packages of the pages'].flatMap((heading) =>
      tableBelow(contributing, heading),
    );
    expect(new Set(rows.flatMap(([packages = '']) => packages.split(', ')))).toEqual(installed);
    for (const [packages, reason = ''] of rows)
      expect([packages, reason.length > 15]).toEqual([packages, true]);
  });
});

describe('docs/quickstart.md', () => {
  it('quotes the example of the SDK that is compiled', () => {
    const example = readProjectFile('web/src/examples/send-code.tsx');
    const code = example.slice(example.indexOf('export function'));
    expect(code.length).toBeGreaterThan(500);
    expect(codeBlocks(document('quickstart'), 'tsx')).toEqual([code]);
  });
});

describe('docs/security.md', () => {
  const namedTests = (text: string) =>
    [...text.matchAll(/`(test\/[\w./-]+)`(?:: "([^"]+)")?/g)].map(([, path = '', title]) => ({
      path,
      title,
    }));

  const isThere = ({ path, title }: { path: string; title: string | undefined }) =>
    existsSync(join(projectRoot, path)) &&
    (title === undefined || readProjectFile(path).replaceAll("\\'", "'").includes(title));

  it('names tests that exist, by their titles', () => {
    const named = namedTests(document('security'));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((test) => !isThere(test))).toEqual([]);
  });

  it('names a title for every guarantee', () => {
    const section = document('security').split('\n## Guarantees\n')[1]?.split('\n## ')[0] ?? '';
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| Guarantee |'));
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const named = namedTests(row);
      expect([row, named.length > 0 && named.every(({ title }) => title !== undefined)]).toEqual([row, true]);
    }
  });

  it.each([
    ['a file', '`test/integration/no-such.test.ts`: "title"'],
    ['a file without a title', '`test/integration/no-such.test.ts`'],
    ['a title', '`test/conventions/schema.test.ts`: "no such title"'],
  ])('would be reported with %s that does not exist', (_what, text) => {
    expect(namedTests(text).filter((test) => !isThere(test))).toHaveLength(1);
  });
});

describe.each(['deployment', 'runbook'])('docs/%s.md', (name) => {
  const [english, chinese] = [document(name), document(`${name}.zh-CN`)];

  it('has the same sections and commands as its Chinese page, and both name each other', () => {
    const outline = (text: string) => headings(text).map(({ level }) => level);
    expect(outline(chinese)).toEqual(outline(english));
    expect(codeBlocks(chinese, 'sh')).toEqual(codeBlocks(english, 'sh'));
    expect(linkTargets(english)).toContain(`${name}.zh-CN.md`);
    expect(linkTargets(chinese)).toContain(`${name}.md`);
  });
});

describe('the README', () => {
  const english = readProjectFile('README.md');
  const chinese = readProjectFile('README.zh-CN.md');

  it.each([
    ['English', english],
    ['Chinese', chinese],
  ])('in %s has at most 150 lines', (_language, text) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('has the same sections, links and code in both languages', () => {
    const outline = (text: string) => headings(text).map(({ level }) => level);
    expect(outline(chinese)).toEqual(outline(english));
    const links = (text: string) =>
      linkTargets(text).filter((target) => !/^README(\.zh-CN)?\.md$/.test(target));
    expect(links(chinese).toSorted()).toEqual(links(english).toSorted());
    const commands = (text: string) => codeBlocks(text, 'sh').map((block) => block.replace(/ *#.*$/gm, ''));
    expect(commands(chinese)).toEqual(commands(english));
  });

  it('links to every document', () => {
    const pages = readdirSync(join(projectRoot, 'docs')).filter(
      (file) => file.endsWith('.md') && !file.endsWith('.zh-CN.md'),
    );
    expect(linkTargets(english)).toEqual(expect.arrayContaining(pages.map((page) => `docs/${page}`)));
  });
});
