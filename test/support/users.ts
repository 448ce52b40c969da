// Users that were there before.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { uuidV7 } from '../../src/users/uuid-v7.ts';
import type { TestApp } from './test-app.ts';

/** Puts a user into the database past the service; resolves to the id. */
export async function registerMobile({ databaseUrl }: TestApp, mobile: string): Promise<string> {
  const id = uuidV7(Date.now(), randomBytes(10));
  await query(databaseUrl, 'insert into users (id, mobile, registered_at) values ($1, $2, now())', [
    id,
    `+86${mobile}`,
  ]);
  return id;
}

export async function removeMobile({ databaseUrl }: TestApp, mobile: string): Promise<void> {
  await query(databaseUrl, 'delete from users where mobile = $1', [`+86${mobile}`]);
}

/** The rows that a mobile has. */
export async function rowsOf({ databaseUrl }: TestApp, mobile: string): Promise<Record<string, unknown>[]> {
  return query(databaseUrl, 'select * from users where mobile = $1', [`+86${mobile}`]);
}

async function query(databaseUrl: string | undefined, sql: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: String(databaseUrl) });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
