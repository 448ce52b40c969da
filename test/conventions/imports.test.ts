// Which file of src/ may import which. docs/architecture.md explains the rules.

import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { smsProviders } from '../../src/sms/providers/providers.ts';
import {
  environmentIsReadInEntryFiles,
  everyPartIsKnown,
  filesOpenWithAComment,
  graphqlStaysAtTheEdge,
  importsOf,
  noCycles,
  partsImportOnlyPartsBelow,
  type Rule,
  rolesImportOnlyRolesBelow,
  vendorStaysInItsFolder,
} from '../support/import-rules.ts';
import { filesBelow, type SourceFile, sourceFiles } from '../support/sources.ts';

const files = sourceFiles();

/** A file that contains nothing but one import. */
const importing = (path: string, specifier: string): SourceFile => ({
  path,
  text: `import { it } from '${specifier}';\n`,
});

function describeRule(title: string, rule: Rule, violations: readonly SourceFile[][]): void {
  describe(title, () => {
    it('holds in src/', () => {
      expect(rule(files)).toEqual([]);
    });

    it.each(
      violations.map((made) => [made.map(({ path, text }) => `${path}: ${text.trim()}`).join(' '), made]),
    )('reports %s', (_title, made) => {
      expect(rule(made as SourceFile[])).toHaveLength(1);
    });
  });
}

describe('the imports of a file', () => {
  it.each([
    ["import { a } from './b.ts';", 'src/x/b.ts', false],
    ["import type { A } from '../y/b.ts';", 'src/y/b.ts', true],
    ["import a from './b.ts';", 'src/x/b.ts', false],
    ["import * as a from './b.ts';", 'src/x/b.ts', false],
    ["import './b.ts';", 'src/x/b.ts', false],
    ["import {\n  type A,\n  b,\n} from './b.ts';", 'src/x/b.ts', false],
    ["export { a } from './b.ts';", 'src/x/b.ts', false],
    ["export * from './b.ts';", 'src/x/b.ts', false],
    ["export type { A } from './b.ts';", 'src/x/b.ts', true],
    ["const { a } = await import('./b.ts');", 'src/x/b.ts', false],
    ["type A = typeof import('./b.ts');", 'src/x/b.ts', false],
    ["import { Pool } from 'undici';", 'undici', false],
  ])('include %s', (text, to, isType) => {
    expect(importsOf({ path: 'src/x/a.ts', text })).toEqual([{ from: 'src/x/a.ts', to, isType }]);
  });

  it('do not include other strings', () => {
    const text = "export const a = 'b';\nexport const c = { d: './e.ts' };\nexport { a };\nlog('import');\n";
    expect(importsOf({ path: 'src/x/a.ts', text })).toEqual([]);
  });

  it('are all found in src/', () => {
    // This file writes imports into the files that it generates.
    const others = files.filter(({ path }) => !path.endsWith('/migration-generator.ts'));
    const ends = others.flatMap(({ text }) => text.match(/ from '|^import '|\bimport\('/gm) ?? []);
    expect(ends.length).toBeGreaterThan(300);
    expect(others.flatMap(importsOf)).toHaveLength(ends.length);
  });
});

describeRule('a part imports only the parts below it', partsImportOnlyPartsBelow, [
  [importing('src/captcha/captcha.service.ts', '../verification/tokens/verification-token.ts')],
  [importing('src/captcha/captcha.service.ts', '../sms/sms-sender.ts')],
  [importing('src/rate-limiting/limits.ts', '../captcha/captcha.store.ts')],
  [importing('src/users/user.repository.ts', '../infrastructure/postgres/open-database.ts')],
  [importing('src/captcha/captcha.store.ts', '../infrastructure/redis/open-redis.ts')],
  [importing('src/verification/x.service.ts', '../observability/metrics.ts')],
  [importing('src/verification/x.service.ts', '../graphql/schema.ts')],
  [importing('src/verification/x.service.ts', '../http/server.ts')],
  [importing('src/verification/x.service.ts', '../config/load-config.ts')],
  [importing('src/verification/x.service.ts', '../app.ts')],
  [importing('src/http/server.ts', '../observability/metrics.ts')],
  [importing('src/http/server.ts', '../captcha/captcha.service.ts')],
  [importing('src/graphql/apollo.ts', '../errors/user-error.ts')],
  [importing('src/infrastructure/redis/open-redis.ts', '../../http/server.ts')],
  [importing('src/common/audit.ts', '../observability/logger.ts')],
  [importing('src/common/audit.ts', '../errors/user-error.ts')],
  [importing('src/errors/user-error.ts', '../users/user.schema.ts')],
  [importing('src/config/env.ts', './time-budgets.ts')],
  [importing('src/config/time-budgets.ts', '../common/deadline.ts')],
  [importing('src/config/settings.ts', '../captcha/captcha.service.ts')],
  [importing('src/config/settings.ts', '../infrastructure/redis/open-redis.ts')],
  [importing('src/captcha/x.ts', '../new-part/y.ts')],
]);

describeRule('every folder of src/ has a rule', everyPartIsKnown, [[importing('src/new-part/x.ts', 'zod')]]);

describeRule('a role imports only the roles below it', rolesImportOnlyRolesBelow, [
  [importing('src/captcha/captcha.resolver.ts', './captcha.store.ts')],
  [importing('src/captcha/captcha.service.ts', './captcha.resolver.ts')],
  [importing('src/captcha/captcha.store.ts', './captcha.service.ts')],
  [importing('src/captcha/captcha.store.ts', './captcha.schema.ts')],
  [importing('src/verification/codes/sms-code.store.ts', '../../users/user.repository.ts')],
  [importing('src/users/user.repository.ts', './user.schema.ts')],
  [importing('src/users/user.entity.ts', './user.repository.ts')],
  [importing('src/users/user.schema.ts', './user.repository.ts')],
  [importing('src/captcha/captcha-text.ts', './captcha.store.ts')],
  [importing('src/captcha/captcha-text.ts', './captcha.schema.ts')],
]);

describeRule('stores, repositories and pure files import no GraphQL', graphqlStaysAtTheEdge, [
  [importing('src/captcha/captcha.store.ts', 'type-graphql')],
  [importing('src/captcha/captcha.store.ts', './captcha.schema.ts')],
  [importing('src/captcha/captcha.store.ts', '../errors/user-error.ts')],
  [importing('src/users/user.repository.ts', './user.schema.ts')],
  [importing('src/users/user.entity.ts', 'type-graphql')],
  [importing('src/captcha/captcha-text.ts', 'graphql')],
  [importing('src/captcha/captcha-text.ts', '../errors/service-unavailable.ts')],
  [importing('src/captcha/captcha.service.ts', 'type-graphql')],
  [importing('src/rate-limiting/limits.ts', './rate-limiting.schema.ts')],
  [importing('src/common/domain-error.ts', 'type-graphql')],
  [importing('src/common/domain-error.ts', '@apollo/server/errors')],
  [importing('src/observability/metrics.ts', 'graphql')],
]);

describeRule('files form no cycle', noCycles, [
  [importing('src/common/a.ts', './b.ts'), importing('src/common/b.ts', './a.ts')],
  [importing('src/a.ts', './b.ts'), importing('src/b.ts', './c/d.ts'), importing('src/c/d.ts', '../a.ts')],
  [importing('src/common/a.ts', './a.ts')],
  [
    { path: 'src/a.ts', text: "import type { B } from './b.ts';\n" },
    { path: 'src/b.ts', text: "const a = await import('./a.ts');\n" },
  ],
]);

describeRule('the environment is read in the entry files only', environmentIsReadInEntryFiles, [
  [{ path: 'src/config/load-config.ts', text: 'loadConfig(process.env)' }],
  [{ path: 'src/app.ts', text: "process['env'].PORT" }],
  [{ path: 'src/cli/seed.ts', text: "import { env } from 'node:process';" }],
]);

/** Providers that are named after a vendor, with other names of the vendor. A webhook is a technique. */
const VENDOR_ALIASES: Partial<Record<keyof typeof smsProviders, readonly string[]>> = {
  yuntongxun: ['cloopen'],
  tencent: ['qcloud'],
};
const NOT_OF_A_VENDOR = ['webhook'];

const vendors = Object.entries(smsProviders)
  .filter(([name, { isForDevelopment }]) => !isForDevelopment && !NOT_OF_A_VENDOR.includes(name))
  .map(([name]) => name as keyof typeof smsProviders);

it('at least one provider sends SMS', () => {
  expect(vendors.length).toBeGreaterThan(0);
});

for (const name of vendors) {
  const aliases = VENDOR_ALIASES[name] ?? [];
  describeRule(
    `the name of the provider ${name} occurs in its folder and in the lists of providers`,
    vendorStaysInItsFolder(name, ...aliases),
    [
      [{ path: 'src/app.ts', text: `if (provider === '${name}') start();` }],
      [{ path: 'src/sms/delivery/resilient-sms-sender.ts', text: `// ${name.toUpperCase()} is slow.` }],
      [{ path: 'src/config/settings.ts', text: `${name.toUpperCase()}_APP_ID: text` }],
      [{ path: `src/sms/${name}-sender.ts`, text: '' }],
      ...aliases.map((alias) => [
        { path: 'src/sms/providers/other/other-sender.ts', text: `https://sms.${alias}.com` },
      ]),
    ],
  );
}

describeRule('a file opens with a comment that says what it is for', filesOpenWithAComment, [
  [{ path: 'src/common/a.ts', text: "import { z } from 'zod';\n" }],
  [{ path: 'src/common/a.ts', text: '\n// Late.\n' }],
  [{ path: 'src/common/a.ts', text: '//\n' }],
]);

describe('a folder of the pages that other projects may copy', () => {
  const outside = (folder: string, files: readonly SourceFile[]) =>
    files
      .filter(({ path, text }) =>
        [...text.matchAll(/from '(\.[^']+)'/g)].some(
          ([, imported = '']) => !posix.join(posix.dirname(path), imported).startsWith(`${folder}/`),
        ),
      )
      .map(({ path }) => path);

  it.each(['web/sdk/src', 'web/src/shared'])('imports nothing from outside: %s', (folder) => {
    const files = filesBelow(folder, /\.tsx?$/);
    expect(files.length).toBeGreaterThan(1);
    expect(outside(folder, files)).toEqual([]);
  });

  it('is reported if it does', () => {
    const files = [importing('web/sdk/src/react/a.ts', '../b.ts'), importing('web/sdk/src/a.ts', '../b.ts')];
    expect(outside('web/sdk/src', files)).toEqual(['web/sdk/src/a.ts']);
  });

  it('imports no framework into the core of the SDK', () => {
    const core = filesBelow('web/sdk/src', /\.ts$/).filter(({ path }) => !path.includes('/react/'));
    expect(core.length).toBeGreaterThan(5);
    expect(core.filter(({ text }) => /from '[^.]/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
