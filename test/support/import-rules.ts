// The rules of imports in src/. Each rule is a function from source files to its violations, so that a test can also feed
// it a file that breaks the rule.

import { dirname, normalize } from 'node:path/posix';
import type { SourceFile } from './sources.ts';

export interface Import {
  /** The importing file. */
  readonly from: string;
  /** The imported file, or the name of a package. */
  readonly to: string;
  readonly isType: boolean;
}

export type Rule = (files: readonly SourceFile[]) => string[];

const STATEMENT =
  /^(?:import|export)(?<type>\s+type)?\s+(?:(?:\*|\{|[\w$])[^'";]*?\sfrom\s+)?['"](?<static>[^'"]+)['"]|\bimport\(\s*['"](?<dynamic>[^'"]+)['"]\s*\)/gm;

export function importsOf({ path, text }: SourceFile): Import[] {
  return [...text.matchAll(STATEMENT)].map(({ groups = {} }) => {
    const specifier = groups.static ?? groups.dynamic ?? '';
    const isRelative = specifier.startsWith('.');
    const to = isRelative ? normalize(`${dirname(path)}/${specifier}`) : specifier;
    return { from: path, to, isType: groups.type !== undefined };
  });
}

const ownImports = (files: readonly SourceFile[]) =>
  files.flatMap(importsOf).filter(({ to }) => to.startsWith('src/'));
const show = ({ from, to }: Import) => `${from} → ${to}`;

// ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Files of config/ that every part may import. They import nothing of src/. */
const LEAVES = ['src/config/env.ts', 'src/config/time-budgets.ts'];

const EVERYTHING = 'everything';

/** The parts that a part may import, besides itself and the leaves. */
const MAY_IMPORT: Record<string, readonly string[] | typeof EVERYTHING> = {
  // The files of the root.
  '': EVERYTHING,
  cli: EVERYTHING,
  leaf: [],
  common: [],
  errors: ['common'],
  graphql: ['common'],
  http: ['common'],
  infrastructure: ['common'],
  observability: ['common'],
  migrations: [],
  'rate-limiting': ['common', 'errors'],
  sms: ['common', 'errors'],
  users: ['common', 'errors'],
  captcha: ['common', 'errors', 'rate-limiting'],
  guard: ['common', 'errors', 'rate-limiting'],
  'spend-cap': ['common', 'errors', 'rate-limiting'],
  verification: ['common', 'errors', 'captcha', 'guard', 'rate-limiting', 'sms', 'spend-cap', 'users'],
  // See `mergesSettings`.
  config: [],
};

/** `src/captcha/captcha.store.ts` → `captcha`, `src/app.ts` → the empty string. */
function partOf(path: string): string {
  if (LEAVES.includes(path)) return 'leaf';
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? '';
}

/** config/ knows the settings of all parts: their `.settings.ts` files, two lists that contain settings, and types. */
function mergesSettings({ from, to, isType }: Import): boolean {
  const lists = ['src/rate-limiting/limits.ts', 'src/sms/providers/providers.ts'];
  return partOf(from) === 'config' && (to.endsWith('.settings.ts') || lists.includes(to) || isType);
}

export const partsImportOnlyPartsBelow: Rule = (files) =>
  ownImports(files)
    .filter((edge) => {
      const [from, to] = [partOf(edge.from), partOf(edge.to)];
      const allowed = MAY_IMPORT[from] ?? [];
      if (from === 'leaf') return true;
      return !(
        allowed === EVERYTHING ||
        from === to ||
        to === 'leaf' ||
        allowed.includes(to) ||
        mergesSettings(edge)
      );
    })
    .map(show);

export const everyPartIsKnown: Rule = (files) => [
  ...new Set(files.map(({ path }) => partOf(path)).filter((part) => !Object.hasOwn(MAY_IMPORT, part))),
];

// ── Roles ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const FEATURES = ['captcha', 'guard', 'rate-limiting', 'sms', 'spend-cap', 'users', 'verification'];

/** The roles that a role may import in features. A file without a role is pure, and so are settings. */
const MAY_IMPORT_ROLES: Record<string, readonly string[]> = {
  resolver: ['service', 'schema', 'pure'],
  service: ['service', 'store', 'repository', 'schema', 'entity', 'pure'],
  store: ['store', 'pure'],
  repository: ['entity', 'pure'],
  schema: ['schema', 'entity', 'pure'],
  entity: ['pure'],
  pure: ['pure'],
};

function roleOf(path: string): string {
  return /\.(resolver|service|store|repository|entity|schema)\.ts$/.exec(path)?.[1] ?? 'pure';
}

export const rolesImportOnlyRolesBelow: Rule = (files) =>
  ownImports(files)
    .filter(({ from, to }) => FEATURES.includes(partOf(from)) && FEATURES.includes(partOf(to)))
    .filter(({ from, to }) => !MAY_IMPORT_ROLES[roleOf(from)]?.includes(roleOf(to)))
    .map(show);

// ── GraphQL ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const GRAPHQL_PACKAGE = /^(graphql|type-graphql|graphql-scalars|@apollo\/.+|@as-integrations\/.+)(\/|$)/;

function mayImportGraphql(path: string): boolean {
  const parts = ['', 'cli', 'graphql', 'http', 'errors'];
  return parts.includes(partOf(path)) || ['resolver', 'schema'].includes(roleOf(path));
}

/** A `.schema.ts` file and `errors/` are GraphQL too. A service may import them: it returns their classes. */
export const graphqlStaysAtTheEdge: Rule = (files) =>
  files
    .flatMap(importsOf)
    .filter(({ from, to }) => {
      if (mayImportGraphql(from)) return false;
      if (GRAPHQL_PACKAGE.test(to)) return true;
      return roleOf(from) !== 'service' && (partOf(to) === 'errors' || to.endsWith('.schema.ts'));
    })
    .map(show);

// ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const noCycles: Rule = (files) => {
  const edges = Map.groupBy(ownImports(files), ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    else if (!done.has(path)) {
      for (const { to } of edges.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    }
  };
  for (const { path } of files) visit(path, []);
  return cycles;
};

const READS_ENVIRONMENT = ['src/main.ts', 'src/mikro-orm.config.ts'];

export const environmentIsReadInEntryFiles: Rule = (files) =>
  files
    .filter(({ text }) => /\bprocess\s*(\?\.|\.|\[['"])\s*env\b|['"]node:process['"]/.test(text))
    .map(({ path }) => path)
    .filter((path) => !READS_ENVIRONMENT.includes(path));

const LISTS_OF_PROVIDERS = ['src/sms/providers/providers.ts', 'src/sms/providers/simulations.ts'];

/** For one provider that sends SMS: its name, and other names of its vendor. */
export function vendorStaysInItsFolder(provider: string, ...aliases: readonly string[]): Rule {
  const names = new RegExp([provider, ...aliases].join('|'), 'i');
  const folder = `src/sms/providers/${provider}/`;
  return (files) =>
    files
      .filter(({ path, text }) => names.test(path.replace(folder, '')) || names.test(text))
      .map(({ path }) => path)
      .filter((path) => !path.startsWith(folder) && !LISTS_OF_PROVIDERS.includes(path));
}

export const filesOpenWithAComment: Rule = (files) =>
  files
    .filter(({ text, path }) => !/^(#!.*\n)?\/\/ \S/.test(text) && !/\/migrations\/migration-/.test(path))
    .map(({ path }) => path);
