// An open database for the tests of repositories: a server, or the embedded one.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../../src/common/dependency.ts';
import { databaseDefinition } from '../../src/database-definition.ts';
import { createDependencyClient } from '../../src/infrastructure/dependency-client.ts';
import { isDatabaseOutage } from '../../src/infrastructure/postgres/database-outage.ts';
import { type OpenDatabase, openDatabase } from '../../src/infrastructure/postgres/open-database.ts';
import { prepareSchema } from '../../src/infrastructure/postgres/schema-version.ts';

const CALL_TIMEOUT_MS = 15_000;

/** Opens a migrated database. `url` is `undefined` for the embedded one. */
export async function openTestDatabase(url: string | undefined): Promise<OpenDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'yanzheng-database-'));
  const database = await openDatabase(url, databaseDefinition, directory);
  if (url === undefined) await prepareSchema(database);
  return { ...database, close: () => database.close().finally(() => rm(directory, { recursive: true })) };
}

export function databaseDependency(database: OpenDatabase): Dependency<SqlEntityManager> {
  return createDependencyClient(() => database.orm.em, {
    name: 'postgresql',
    timeoutMs: CALL_TIMEOUT_MS,
    isOutage: isDatabaseOutage,
    observe() {},
  });
}
