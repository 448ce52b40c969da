// The process in production: its database, its migrations and its graceful shutdown.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { createDatabase } from '../support/postgres-server.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase, startSomeRedis } from '../support/test-app.ts';
import { silence, TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';

const { run } = withServiceProcesses();

/** Far below the time-outs of a shutdown that waits for something, with a margin for a busy machine. */
const QUICK_MS = 2500;
const AUTH_TOKEN = 'an-auth-token-that-is-secret';

describeWithPostgres('in production', () => {
  let redis: RedisServer;
  let gateway: TestGateway;
  let environment: Record<string, string>;
  beforeEach(async () => {
    redis = await startSomeRedis();
    gateway = new TestGateway();
    environment = {
      NODE_ENV: 'production',
      REDIS_URL: redis.url,
      CODE_SECRET,
      TOKEN_PRIVATE_KEY: testKey().privatePem,
      SMS_PER_DAY: '1000',
      ...yuntongxunSettings(await gateway.start()),
      YUNTONGXUN_AUTH_TOKEN: AUTH_TOKEN,
    };
  });
  afterEach(async () => {
    await gateway?.stop();
    await redis?.stop();
  });

  const emptyDatabase = () => createDatabase({ url: String(process.env.TEST_POSTGRES_URL) });

  it('a start fails on a database without migrations, and succeeds after migrate', async () => {
    environment.DATABASE_URL = await emptyDatabase();
    const early = run(['serve'], environment);
    expect(await early.exited).toBe(1);
    expect(early.output).toContain('npm run migrate');

    const migration = run(['migrate'], environment);
    expect(await migration.exited).toBe(0);
    expect(migration.output).toContain('applied');
    await run(['serve'], environment).url();
  });

  it('a start creates no table, and no command creates a database', async () => {
    const url = new URL(await emptyDatabase());
    expect(await run(['serve'], { ...environment, DATABASE_URL: url.href }).exited).toBe(1);
    expect(await tables(url.href)).toEqual([]);

    url.pathname = '/no_such_database';
    const services = ['serve', 'migrate', 'seed'].map((command) =>
      run([command, '13800138000'], { ...environment, DATABASE_URL: url.href }),
    );
    for (const service of services) {
      expect(await service.exited).toBe(1);
      expect(service.output).toMatch(/PostgreSQL is unavailable: .*no_such_database/);
    }
    await expect(tables(url.href)).rejects.toThrow('no_such_database');
  });

  it('migrate requires only DATABASE_URL', async () => {
    const DATABASE_URL = await emptyDatabase();
    const migration = run(['migrate'], { NODE_ENV: 'production', DATABASE_URL });
    expect(await migration.exited).toBe(0);
    expect(await tables(DATABASE_URL)).toEqual(['mikro_orm_migrations', 'spend_days', 'users']);
  });

  it('a start fails on an unreachable database, and does not print its password', async () => {
    const service = run(['serve'], {
      ...environment,
      DATABASE_URL: 'postgres://user:a-password@127.0.0.1:1/none',
    });
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('PostgreSQL is unavailable');
    expect(service.output).not.toContain('a-password');
  });

  it('after SIGTERM it serves for the drain, finishes what is in flight, and exits with 0', async () => {
    environment.DATABASE_URL = String(await createTestDatabase());
    const drain = { SHUTDOWN_DRAIN_SECONDS: '2', YUNTONGXUN_TIMEOUT_SECONDS: '3' };
    const service = run(['serve'], { ...environment, ...drain });
    const url = await service.url();
    const client = new Redis(redis.url);
    try {
      const api = new Api(url, client);
      gateway.answer = silence;
      const inFlight = api.requestWithCaptcha(freshMobile());
      await eventually(async () => gateway.requests.length === 1);
      service.signal('SIGTERM');
      await service.printed(/stopping/);
      service.signal('SIGTERM');
      service.signal('SIGINT');
      const { status, headers } = await api.post({ query: '{ imageCaptcha { __typename } }' });
      expect([status, headers.get('connection')]).toEqual([200, 'close']);
      const ready = await fetch(`${url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        expect.objectContaining({ status: 'stopping' }),
      ]);
      expect(expectType(await inFlight, 'SmsSendFailedError').mayStillArrive).toBe(true);
      expect(await service.exited).toBe(0);
    } finally {
      await client.quit();
    }
    const lines = service.output.trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
    expect(service.output).not.toContain(AUTH_TOKEN);
  });

  it('warns once of a proxy that it does not trust', async () => {
    environment.DATABASE_URL = String(await createTestDatabase());
    const warnings = (output: string) => output.split('TRUSTED_PROXIES is empty').length - 1;
    const service = run(['serve'], environment);
    const url = await service.url();
    expect(warnings(service.output)).toBe(0);
    for (let request = 0; request < 3; request += 1)
      await fetch(`${url}/healthz`, { headers: { 'x-forwarded-for': '203.0.113.7' } });
    await service.printed(/TRUSTED_PROXIES is empty/);
    expect(warnings(service.output)).toBe(1);

    const behindProxy = run(['serve'], { ...environment, TRUSTED_PROXIES: '127.0.0.1' });
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await fetch(`${await behindProxy.url()}/healthz`, { headers });
    behindProxy.signal('SIGTERM');
    await behindProxy.printed(/stopping/);
    expect(warnings(behindProxy.output)).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'without a drain and without work in flight, %s ends it at once',
    async (signal) => {
      environment.DATABASE_URL = String(await createTestDatabase());
      const service = run(['serve'], { ...environment, SHUTDOWN_DRAIN_SECONDS: '0' });
      expect((await fetch(`${await service.url()}/readyz`)).status).toBe(200);
      const startedMs = performance.now();
      service.signal(signal);
      expect(await service.exited).toBe(0);
      expect(performance.now() - startedMs).toBeLessThan(QUICK_MS);
    },
  );
});

async function tables(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    "select tablename from pg_tables where schemaname = 'public' order by 1",
  );
  await client.end();
  return rows.map(({ tablename }) => tablename);
}
