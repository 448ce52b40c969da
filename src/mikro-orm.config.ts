// The entities and migrations of the service, and the options of MikroORM's command line: npm run mikro-orm

import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { SqlOptions } from '@mikro-orm/sql';
import { commandLineOptions } from './infrastructure/postgres/command-line-options.ts';
import type { DatabaseDefinition } from './infrastructure/postgres/mikro-orm-options.ts';
import * as migrations from './users/migrations/migrations.ts';
import { User } from './users/user.entity.ts';

const DATA_DIRECTORY = '.data';
export const MIGRATIONS_DIRECTORY = 'src/users/migrations';

export const databaseDefinition: DatabaseDefinition = {
  entities: [User],
  // The names of a module's exports are sorted, and the names of migrations begin with their time.
  migrations: Object.entries(migrations).map(([name, migration]) => ({ name, class: migration })),
};

/** MikroORM's command line calls this function. The service does not. */
export default function options(): Promise<SqlOptions> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const url = process.env.DATABASE_URL || undefined;
  return commandLineOptions(url, databaseDefinition, DATA_DIRECTORY, MIGRATIONS_DIRECTORY);
}
