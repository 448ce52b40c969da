// The servers that tests start: they pause, crash, restart and flush as the failure tests need it.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RealRedisServer, startRedis } from '../support/redis-server.ts';
import { describeEachRedis, describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { templateDatabase } from '../support/template-database.ts';
import { withRedis } from '../support/with-redis.ts';

/** The value of the promise, or "no reply" after a while. */
function within(reply: Promise<unknown>, ms = 200): Promise<unknown> {
  return Promise.race([reply, sleep(ms, 'no reply', { ref: false })]);
}

async function connect(url: string): Promise<InstanceType<typeof pg.Client>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describeWithPostgres('startPostgres', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '20' } });
    await query(server.url, 'create table t (n int)');
  });
  afterAll(() => server?.stop());

  it('applies settings', async () => {
    expect(await query(server.url, 'show max_connections')).toEqual([{ max_connections: '20' }]);
  });

  it('sends no replies while paused, on old and new connections, and resumes them', async () => {
    const client = await connect(server.url);
    await server.pause();
    const onOldConnection = client.query('select 1 as one');
    const onNewConnection = query(server.url, 'select 2 as two');
    expect(await within(onOldConnection)).toBe('no reply');
    expect(await within(onNewConnection)).toBe('no reply');
    await server.resume();
    expect((await onOldConnection).rows).toEqual([{ one: 1 }]);
    expect(await onNewConnection).toEqual([{ two: 2 }]);
    await client.end();
  });

  it('drops its connections when killed, and restarts on the same port with its data', async () => {
    const client = await connect(server.url);
    await client.query('insert into t values (42)');
    const closed = new Promise((resolve) => client.once('end', () => resolve('closed')));
    const { pid } = server;
    await server.kill();
    expect(await within(closed, 2_000)).toBe('closed');
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await query(server.url, 'select n from t')).toEqual([{ n: 42 }]);
  });

  it('restarts while it runs', async () => {
    await server.restart();
    expect(await query(server.url, 'select count(*)::int as n from t')).toEqual([{ n: 1 }]);
  });
});

describeWithPostgres('createDatabase', () => {
  const server = { url: process.env.TEST_POSTGRES_URL ?? '' };

  it('creates separate databases on the shared server', async () => {
    const urls = await Promise.all([
      createDatabase(server, templateDatabase),
      createDatabase(server, templateDatabase),
    ]);
    for (const url of urls) await query(url, 'create table separate (n int)');
    expect(urls[0]).not.toBe(urls[1]);
  });
});

describeWithRedis('startRedis', () => {
  let server: RealRedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { retryStrategy: () => 20 });
    redis.on('error', () => {});
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  it('sends no replies while paused, and resumes them', async () => {
    await redis.set('key', 'value');
    await server.pause();
    const reply = redis.get('key');
    expect(await within(reply)).toBe('no reply');
    await server.resume();
    expect(await reply).toBe('value');
  });

  it('drops its connections when killed, and restarts empty on the same port', async () => {
    const closed = new Promise((resolve) => redis.once('close', () => resolve('closed')));
    const { pid } = server;
    await server.kill();
    expect(await within(closed, 2_000)).toBe('closed');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await redis.get('key')).toBeNull();
  });
});

describeEachRedis('keys', (kind) => {
  const redis = withRedis(kind);
  beforeEach(() => redis.server.flush());

  // These keys belong to the first, the second and the last third of the slots.
  const keys = ['bar', 'key1', 'foo'];

  it('are spread over all nodes', async () => {
    for (const key of keys) await redis.client.set(key, `value of ${key}`, 'EX', 60);
    const owners = await Promise.all(redis.server.url.split(',').map((url) => countKeys(url)));
    expect(owners).toEqual(kind.cluster ? [1, 1, 1] : [3]);
    for (const key of keys) expect(await redis.client.get(key)).toBe(`value of ${key}`);
  });

  it('are deleted by flush()', async () => {
    for (const key of keys) await redis.client.set(key, `value of ${key}`, 'EX', 60);
    await redis.server.flush();
    for (const key of keys) expect(await redis.client.get(key)).toBeNull();
  });
});

async function countKeys(url: string): Promise<number> {
  const node = new Redis(url);
  try {
    return await node.dbsize();
  } finally {
    node.disconnect();
  }
}
