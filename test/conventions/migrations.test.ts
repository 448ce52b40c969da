// The migrations are complete: every file is listed, and every change of an entity has one.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import { databaseDefinition } from '../../src/database-definition.ts';
import { migrationFiles } from '../../src/infrastructure/postgres/command-line-options.ts';
import { postgresOptions, type SqlOrm } from '../../src/infrastructure/postgres/mikro-orm-options.ts';
import { MIGRATIONS_DIRECTORY } from '../../src/mikro-orm.config.ts';
import { projectRoot } from '../support/project-root.ts';
import { filesBelow } from '../support/sources.ts';

/** The comparison reads the entities and the snapshot. It does not connect. */
const UNUSED_URL = 'postgres://user@127.0.0.1:1/unused';

describe('migrations', () => {
  let orm: SqlOrm;

  beforeAll(async () => {
    const options = postgresOptions(UNUSED_URL, databaseDefinition, 'migrations');
    const files = migrationFiles(join(projectRoot, MIGRATIONS_DIRECTORY));
    orm = await MikroORM.init<AbstractSqlDriver>({
      ...options,
      migrations: { ...options.migrations, ...files },
    });
  });

  afterAll(() => orm.close(true));

  it('are listed in migrations.ts, each file once and in order', () => {
    const classes = filesBelow(MIGRATIONS_DIRECTORY, /^migration-\d{14}.*\.ts$/).map(
      ({ text }) => /^export class (\w+)/m.exec(text)?.[1],
    );
    expect(classes.length).toBeGreaterThan(0);
    expect(databaseDefinition.migrations.map(({ name }) => name)).toEqual(classes.sort());
  });

  it('cover every change of an entity: run `npm run mikro-orm -- migration:create` if this fails', async () => {
    expect(await orm.migrator.checkSchema()).toBe(false);
  });
});
