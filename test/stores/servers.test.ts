import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RealRedisServer, type RedisServer, startRedis } from '../support/redis-server.ts';
import { describeEachRedis, describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { templateDatabase } from '../support/template-database.ts';

/** "silence" when no answer came for a while. */
function within(answer: Promise<unknown>, ms = 200): Promise<unknown> {
  return Promise.race([answer, sleep(ms, 'silence', { ref: false })]);
}

async function connect(url: string): Promise<InstanceType<typeof pg.Client>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describeWithPostgres('a PostgreSQL of our own', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '20' } });
    await ask(server.url, 'create table t (n int)');
  });
  afterAll(() => server?.stop());

  it('takes other settings', async () => {
    expect(await ask(server.url, 'show max_connections')).toEqual([{ max_connections: '20' }]);
  });

  it('is silent while paused, on old connections and on new ones, and answers afterwards', async () => {
    const client = await connect(server.url);
    await server.pause();
    const old = client.query('select 1 as one');
    const fresh = ask(server.url, 'select 2 as two');
    expect(await within(old)).toBe('silence');
    expect(await within(fresh)).toBe('silence');
    await server.resume();
    expect((await old).rows).toEqual([{ one: 1 }]);
    expect(await fresh).toEqual([{ two: 2 }]);
    await client.end();
  });

  it('drops its connections when killed, and comes back on the same port with what was written', async () => {
    const client = await connect(server.url);
    await client.query('insert into t values (42)');
    const gone = new Promise((resolve) => client.once('end', () => resolve('gone')));
    const { pid } = server;
    await server.kill();
    expect(await within(gone, 2_000)).toBe('gone');
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await ask(server.url, 'select n from t')).toEqual([{ n: 42 }]);
  });

  it('restarts while running', async () => {
    await server.restart();
    expect(await ask(server.url, 'select count(*)::int as n from t')).toEqual([{ n: 1 }]);
  });
});

describeWithPostgres('the PostgreSQL of the run', () => {
  const server = { url: process.env.TEST_POSTGRES_URL ?? '' };

  it('makes databases that do not see each other', async () => {
    const urls = await Promise.all([
      createDatabase(server, templateDatabase),
      createDatabase(server, templateDatabase),
    ]);
    for (const url of urls) await ask(url, 'create table only_here (n int)');
    expect(urls[0]).not.toBe(urls[1]);
  });
});

describeWithRedis('a Redis of our own', () => {
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

  it('is silent while paused and answers afterwards', async () => {
    await redis.set('key', 'value');
    await server.pause();
    const answer = redis.get('key');
    expect(await within(answer)).toBe('silence');
    await server.resume();
    expect(await answer).toBe('value');
  });

  it('drops its connections when killed, and comes back on the same port, empty', async () => {
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
  let server: RedisServer;
  let redis: Redis | Cluster;

  beforeAll(async () => {
    server = await kind.start();
    const urls = server.url.split(',');
    redis = kind.cluster ? new Cluster(urls) : new Redis(server.url);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.stop();
  });
  beforeEach(() => server.flush());

  // these three fall into the first, the second and the last third of the slots
  const keys = ['bar', 'key1', 'foo'];

  it('are kept on every node', async () => {
    for (const key of keys) await redis.set(key, `value of ${key}`);
    const owners = await Promise.all(server.url.split(',').map((url) => countKeys(url)));
    expect(owners).toEqual(kind.cluster ? [1, 1, 1] : [3]);
    for (const key of keys) expect(await redis.get(key)).toBe(`value of ${key}`);
  });

  it('are gone after flush()', async () => {
    for (const key of keys) expect(await redis.get(key)).toBeNull();
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
