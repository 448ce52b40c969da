// Users in the database, past the service.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { uuidV7 } from '../../src/users/uuid-v7.ts';
import type { TestApp } from './test-app.ts';

/** Inserts a user; resolves to the id. */
export async function registerMobile({ databaseUrl }: TestApp, mobile: string): Promise<string> {
  const id = uuidV7(Date.now(), randomBytes(10));
  await query(databaseUrl, 'insert into users (id, mobile, registered_at) values ($1, $2, now())', [
    id,
    `+86${mobile}`,
  ]);
  return id;
}

/** Inserts a user for each mobile, in one statement. */
export async function registerMobiles({ databaseUrl }: TestApp, mobiles: readonly string[]): Promise<void> {
  const ids = mobiles.map(() => uuidV7(Date.now(), randomBytes(10)));
  await query(
    databaseUrl,
    'insert into users (id, mobile, registered_at) select id, mobile, now() from unnest($1::uuid[], $2::text[]) as u(id, mobile)',
    [ids, mobiles.map((mobile) => `+86${mobile}`)],
  );
}

export async function removeMobile({ databaseUrl }: TestApp, mobile: string): Promise<void> {
  await query(databaseUrl, 'delete from users where mobile = $1', [`+86${mobile}`]);
}

/** The rows of a mobile. */
export async function userRows({ databaseUrl }: TestApp, mobile: string): Promise<Record<string, unknown>[]> {
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
