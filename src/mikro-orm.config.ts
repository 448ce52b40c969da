// The options of MikroORM's command line: npm run mikro-orm

import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { SqlOptions } from '@mikro-orm/sql';
import { loadConfig } from './config/load-config.ts';
import { databaseDefinition } from './database-definition.ts';
import { commandLineOptions } from './infrastructure/postgres/command-line-options.ts';

const DATA_DIRECTORY = '.data';
export const MIGRATIONS_DIRECTORY = 'src/migrations';

/** MikroORM's command line calls this function. The service does not. */
export default function options(): Promise<SqlOptions> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { databaseUrl } = loadConfig(process.env, 'database');
  return commandLineOptions(databaseUrl, databaseDefinition, DATA_DIRECTORY, MIGRATIONS_DIRECTORY);
}
