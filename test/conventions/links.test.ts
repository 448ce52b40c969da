// Links, paths and commands in the documents.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchors, brokenLinks, codeBlocks, inlineCode, markdownFiles } from '../support/markdown.ts';
import { projectRoot } from '../support/project-root.ts';
import { readProjectFile } from '../support/sources.ts';

const documents = markdownFiles();
const scripts = Object.keys(JSON.parse(readProjectFile('package.json')).scripts);

it('all documents are found', () => {
  const paths = documents.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['README.md', 'README.zh-CN.md', 'docs/api.md', 'bench/README.md']),
  );
  expect(paths.filter((path) => path.includes('node_modules'))).toEqual([]);
});

describe('links', () => {
  it.each(documents.map((document) => [document.path, document] as const))(
    'of %s lead to files and headings that exist',
    (_path, document) => {
      expect(brokenLinks(document)).toEqual([]);
    },
  );

  it.each([
    ['to a missing file', '[a](missing.md)'],
    ['to a missing image', '![a](images/missing.png)'],
    ['to a missing heading of the document', '# Title\n\n[a](#titel)'],
    ['to a missing heading of another document', '[a](api.md#no-such-heading)'],
    ['to a heading of a folder', '[a](../src#layout)'],
    ['outside of its document', '[a](docs/api.md)'],
    ['over two lines', '[a\nb](missing.md)'],
  ])('%s are reported', (_what, text) => {
    expect(brokenLinks({ path: 'docs/made-up.md', text })).toHaveLength(1);
  });

  it.each([
    ['to another host', '[a](https://example.com/missing)'],
    ['to a file', '[a](api.md)'],
    ['to a folder', '[a](../src)'],
    ['to a heading of the document', '# A title: with `code`\n\n[a](#a-title-with-code)'],
    ['to a heading of another document', '[a](api.md#rate-limits)'],
    ['in code', '`[a](missing.md)`\n\n```md\n[a](missing.md)\n```\n'],
  ])('%s are not', (_what, text) => {
    expect(brokenLinks({ path: 'docs/made-up.md', text })).toEqual([]);
  });

  it('use the anchors of code hosts', () => {
    const text = '# One two\n\n## `a.b` (c) & d\n\n## 中文 标题\n\n## One two\n\n```sh\n# no heading\n```\n';
    expect(anchors(text)).toEqual(['one-two', 'ab-c--d', '中文-标题', 'one-two-1']);
  });
});

it('no document has an open placeholder', () => {
  const open = documents.filter(({ text }) => /\{\{|\bTODO\b|\bTBD\b/.test(text));
  expect(open.map(({ path }) => path)).toEqual([]);
});

/** Commands of npm, in shell blocks and in inline code. `npm run` without a name is none. */
function npmCommands(text: string): string[] {
  const code = [...codeBlocks(text, 'sh'), ...inlineCode(text)].join('\n');
  const run = [...code.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  const short = [...code.matchAll(/\bnpm (start|test)\b/g)].map(([, name = '']) => name);
  const direct = [...code.matchAll(/\bscripts\/run\.cjs ([\w:-]+)/g)].map(([, name = '']) => name);
  return [...run, ...short, ...direct];
}

describe('commands', () => {
  it.each(documents.map(({ path, text }) => [path, text]))('of %s exist in package.json', (_path, text) => {
    expect(npmCommands(text).filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('are found in shell blocks and in inline code', () => {
    const text =
      '```sh\nnpm run a # npm start\n```\n\nRun `npm run -s b:c -- d`, or `node scripts/run.cjs e`. npm run f';
    expect(npmCommands(text).sort()).toEqual(['a', 'b:c', 'e', 'start']);
    expect(documents.flatMap(({ text }) => npmCommands(text)).length).toBeGreaterThan(30);
  });
});

/** Paths in inline code that begin with a folder of the project. Examples of `acme` and generated files do not exist. */
function paths(text: string): string[] {
  const folder = /^(src|test|web|docs|bench|examples|scripts|simulate|tools|released|\.ci)\/[\w./-]*$/;
  return inlineCode(text).filter(
    (code) => folder.test(code) && !/acme|\/dist\b|^bench\/results\//.test(code),
  );
}

describe('paths in code', () => {
  it.each(documents.map(({ path, text }) => [path, text]))('of %s exist', (_path, text) => {
    expect(paths(text).filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  it('are found', () => {
    expect(paths('`src/app.ts`, `src/`, `npm run src/`, `src/sms/providers/acme/a.ts`, src/b.ts')).toEqual([
      'src/app.ts',
      'src/',
    ]);
    expect(documents.flatMap(({ text }) => paths(text)).length).toBeGreaterThan(80);
  });
});
