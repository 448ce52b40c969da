import { MikroORM } from '@mikro-orm/core';
import pg from 'pg';
import { databaseDefinition } from '../../src/database-definition.ts';
import { postgresOptions } from '../../src/infrastructure/postgres/mikro-orm-options.ts';

/** The database from which every test file gets its copy. */
export const templateDatabase = 'template_yanzheng';

/** Runs once, before the first test: creates the template and migrates it. */
export async function prepareTemplate(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`create database ${templateDatabase}`);
  } finally {
    await client.end();
  }
  const orm = await MikroORM.init(
    postgresOptions(databaseUrl(adminUrl, templateDatabase), databaseDefinition, 'migrations'),
  );
  try {
    await orm.migrator.up();
  } finally {
    // A copy needs its template without connections.
    await orm.close(true);
  }
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}
