// Who may import whom: the direction that lets a feature be read, or deleted, by itself.

import { dirname, normalize } from 'node:path/posix';
import { describe, expect, it } from '@jest/globals';
import { filesBelow, type SourceFile, sourceFiles } from '../support/sources.ts';

/** A ring or a feature, and the ones that it may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  shared: [],
  platform: ['shared'],
  graphql: ['shared'],
  'rate-limit': ['shared'],
  sms: ['shared'],
  user: ['shared'],
  captcha: ['shared', 'rate-limit'],
  verification: ['shared', 'captcha', 'rate-limit', 'sms', 'user'],
  migrations: [],
};

/** In a feature: a role, and the roles that it may import. A file without a role is pure. */
const ROLES: Record<string, readonly string[]> = {
  resolver: ['service', 'schema', 'pure'],
  service: ['store', 'repository', 'service', 'entity', 'schema', 'pure'],
  store: ['schema', 'pure', 'store'],
  repository: ['entity', 'schema', 'pure'],
  entity: ['pure'],
  // A row that is answered as it is, like a user, is an entity and a type of the schema in one.
  schema: ['schema', 'entity', 'pure'],
  pure: ['schema', 'pure'],
};

const files = sourceFiles();

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

function importsOf({ path, text }: SourceFile): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)( type)?[^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  );
  return [...statements].map(([, isType, to = '', dynamic = '']) => ({
    from: path,
    to: normalize(`${dirname(path)}/${to || dynamic}`),
    isType: isType !== undefined,
  }));
}

const imports = files.flatMap(importsOf);
/** `src/captcha/captcha.store.ts` → `captcha`; a file of the root has none. */
const partOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];
const roleOf = (path: string) =>
  /\.(resolver|service|store|repository|entity|schema)\.ts$/.exec(path)?.[1] ?? 'pure';
const show = ({ from, to }: Import) => `${from} → ${to}`;

describe('imports', () => {
  it('are found', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(new Set(imports.map(({ from }) => partOf(from))).size).toBeGreaterThan(8);
  });

  it('go from a part only to the parts that it may know', () => {
    const wrong = imports.filter(({ from, to }) => {
      const part = partOf(from);
      if (part === undefined) return false;
      const target = partOf(to);
      return target !== part && !(target !== undefined && MAY_IMPORT[part]?.includes(target));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('of platform/ stand in the files of the root alone', () => {
    const outside = imports.filter(({ from, to }) => partOf(to) === 'platform' && partOf(from) !== undefined);
    expect(outside.filter(({ from }) => partOf(from) !== 'platform').map(show)).toEqual([]);
  });

  it('go down the roles of a feature', () => {
    const features = ['captcha', 'rate-limit', 'user', 'verification'];
    const wrong = imports.filter(({ from, to }) => {
      const isInside = features.includes(partOf(from) ?? '') && features.includes(partOf(to) ?? '');
      return isInside && !ROLES[roleOf(from)]?.includes(roleOf(to));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('never run in a circle', () => {
    const edges = Map.groupBy(imports, ({ from }) => from);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]) => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) {
        for (const { to } of edges.get(path) ?? []) visit(to, [...trail, path]);
        done.add(path);
      }
    };
    for (const { path } of files) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('the kit for other pages', () => {
  it.each(['verification', 'shared'])('imports nothing of the pages: web/src/%s', (folder) => {
    const kit = filesBelow(`web/src/${folder}`, /\.tsx?$/);
    expect(kit.length).toBeGreaterThan(1);
    const foreign = kit.filter(({ text }) => /['"]\.\.\//.test(text));
    expect(foreign.map(({ path }) => path)).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read in the entry files alone', () => {
    const readers = files.filter(({ text }) => text.includes('process.env')).map(({ path }) => path);
    expect(readers.sort()).toEqual(['src/main.ts']);
  });
});

describe('the name of an SMS provider', () => {
  it('stands in its folder, in the settings, and in the list of providers', () => {
    const places = files.filter(({ text }) => /yuntongxun/i.test(text)).map(({ path }) => path);
    const outside = places.filter((path) => !path.startsWith('src/sms/yuntongxun/'));
    expect(outside.sort()).toEqual(['src/config.ts', 'src/settings.ts', 'src/sms/sms-providers.ts']);
  });
});
