// The process: how it starts, what it prints, how it stops.

import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { createDatabase } from '../support/postgres-server.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase, startSomeRedis } from '../support/test-app.ts';
import { silence, TestGateway } from '../support/test-gateway.ts';

let directory: string;
const processes: ServiceProcess[] = [];

function run(words: readonly string[], environment?: Record<string, string>): ServiceProcess {
  const service = new ServiceProcess(words, directory, environment);
  processes.push(service);
  return service;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yanzheng-process-'));
});
afterEach(async () => {
  for (const service of processes.splice(0)) await service.end();
  await rm(directory, { recursive: true, force: true });
});

/** The embedded PostgreSQL unpacks itself at its first start, which a busy machine takes its time for. */
const UNPACKING_MS = 90_000;

describe('a bare start', () => {
  it(
    'serves with everything embedded, says so, keeps its users and a second process out, and stops cleanly',
    async () => {
      const seeded = run(['seed', '13800138000']);
      expect(await seeded.exited).toBe(0);
      expect(seeded.output).toMatch(/registered 138\*\*\*\*8000 as [0-9a-f-]{36}/);

      const service = run(['serve']);
      const url = await service.url();
      await service.printed(/PostgreSQL is embedded.*\n.*Redis is embedded.*die with this process/);
      await service.printed(/CODE_SECRET was made for this run/);
      await service.printed(/TOKEN_PRIVATE_KEY was made at the first start/);
      const key = await readFile(join(directory, '.data/token-key.pem'), 'utf8');
      const jwks = await (await fetch(`${url}/.well-known/jwks.json`)).text();
      expect((await fetch(`${url}/readyz`)).status).toBe(200);

      const second = run(['serve']);
      expect(await second.exited).toBe(1);
      expect(second.output).toMatch(/pg18 is in use by process \d+/);

      service.signal('SIGINT');
      expect(await service.exited).toBe(0);
      expect(existsSync(join(directory, '.data/pg18.lock'))).toBe(false);
      const restarted = run(['serve']);
      expect(await (await fetch(`${await restarted.url()}/.well-known/jwks.json`)).text()).toBe(jwks);
      expect(await readFile(join(directory, '.data/token-key.pem'), 'utf8')).toBe(key);
      restarted.signal('SIGTERM');
      expect(await restarted.exited).toBe(0);
      const again = run(['seed', '+86 138-0013-8000']);
      expect(await again.exited).toBe(0);
      expect(again.output).toContain('138****8000 is registered already');
    },
    UNPACKING_MS,
  );
});

describe('wrong settings', () => {
  it('stop the start, all faults at once, without a secret in the text', async () => {
    await writeFile(join(directory, '.env'), 'SMS_CODE_TTL=5\nPORT=abc\n');
    const service = run(['serve'], { PORT: '', NODE_ENV: 'production', CODE_SECRET: 'short-secret' });
    expect(await service.exited).toBe(1);
    for (const name of ['SMS_CODE_TTL', 'REDIS_URL', 'DATABASE_URL', 'CODE_SECRET', 'SMS_PROVIDER']) {
      expect(service.output).toContain(`  - ${name} `);
    }
    expect(service.output).not.toContain('short-secret');
    expect(existsSync(join(directory, '.data'))).toBe(false);
  });
});

function freshPrivatePem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

describe('a kept key that is none', () => {
  it('stops the start with the name of its file', async () => {
    await mkdir(join(directory, '.data'));
    await writeFile(join(directory, '.data/token-key.pem'), '');
    const service = run(['serve']);
    expect(await service.exited).toBe(1);
    expect(service.output).toMatch(/^\S+token-key\.pem contains no private key\. Delete the file/);
  });
});

describeWithPostgres('npm run keys', () => {
  it('prints secrets that a production start takes, each time others', async () => {
    const printed = [run(['keys']), run(['keys'])];
    expect(await Promise.all(printed.map(({ exited }) => exited))).toEqual([0, 0]);
    const [first = '', second = ''] = printed.map(({ output }) => output);
    expect(first.match(/^CODE_SECRET=.*$/m)).not.toEqual(second.match(/^CODE_SECRET=.*$/m));
    expect(first.match(/^TOKEN_PRIVATE_KEY=.*$/m)).not.toEqual(second.match(/^TOKEN_PRIVATE_KEY=.*$/m));

    // The public half of the second beside the first, as for a change of keys.
    await writeFile(
      join(directory, '.env'),
      first + second.replace(/^[^#].*$/gm, '').replace('# TOKEN_', 'TOKEN_'),
    );
    const DATABASE_URL = String(await createTestDatabase());
    const url = await run(['serve'], { DATABASE_URL, SMS_PROVIDER: 'console' }).url();
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
    expect(keys).toHaveLength(2);
    expect(existsSync(join(directory, '.data/token-key.pem'))).toBe(false);
  });
});

describeWithPostgres('npm run unlock', () => {
  it('lets a mobile be verified again', async () => {
    const redis = await startSomeRedis();
    const gateway = new TestGateway();
    const environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: String(await createTestDatabase()),
      CODE_SECRET: 'a secret of the tests, 32 bytes and more',
      SMS_PROVIDER: 'yuntongxun',
      SMS_RESEND_GAP_SECONDS: '0',
      YUNTONGXUN_ACCOUNT_SID: 'account',
      YUNTONGXUN_AUTH_TOKEN: 'token',
      YUNTONGXUN_APP_ID: 'app',
      YUNTONGXUN_BASE_URL: await gateway.start(),
    };
    const client = new Redis(redis.url);
    try {
      const api = new Api(await run(['serve'], environment).url(), client);
      const mobile = freshMobile();
      for (let codes = 0; codes < 2; codes += 1) {
        expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
        for (let guesses = 0; guesses < 5; guesses += 1) await api.verifySmsCode(mobile, 'wrong');
      }
      expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
      expectType(await api.verifySmsCode(mobile, gateway.lastCode), 'TooManyRequestsError');

      const unlock = run(['unlock', mobile], { REDIS_URL: redis.url, CODE_SECRET: environment.CODE_SECRET });
      expect(await unlock.exited).toBe(0);
      expect(unlock.output).toBe(`${mobile.slice(0, 3)}****${mobile.slice(7)} can be verified again\n`);
      expectType(await api.verifySmsCode(mobile, gateway.lastCode), 'MobileVerified');
    } finally {
      await client.quit();
      await gateway.stop();
      await redis.stop();
    }
  });

  it('needs the Redis and the secret of the service, and a mobile', async () => {
    const lacking = run(['unlock', '13800138000']);
    expect(await lacking.exited).toBe(1);
    expect(lacking.output).toMatch(/REDIS_URL is missing.*\n.*CODE_SECRET is missing/);
    const CODE_SECRET = 'a secret of the tests, 32 bytes and more';
    const away = run(['unlock', '13800138000'], { REDIS_URL: 'redis://127.0.0.1:1', CODE_SECRET });
    expect(await away.exited).toBe(1);
    expect(away.output).toContain('redis is unavailable');
    const wrong = run(['unlock', '12'], { REDIS_URL: 'redis://127.0.0.1:1', CODE_SECRET });
    expect(await wrong.exited).toBe(1);
    expect(wrong.output).toContain('not a mainland China mobile number');
  });
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
      CODE_SECRET: 'a secret of the tests, 32 bytes and more',
      TOKEN_PRIVATE_KEY: freshPrivatePem(),
      SMS_PER_DAY: '1000',
      SMS_PROVIDER: 'yuntongxun',
      YUNTONGXUN_ACCOUNT_SID: 'account',
      YUNTONGXUN_AUTH_TOKEN: 'a-token-nobody-may-see',
      YUNTONGXUN_APP_ID: 'app',
      YUNTONGXUN_BASE_URL: await gateway.start(),
    };
  });
  afterEach(async () => {
    await gateway?.stop();
    await redis?.stop();
  });

  it('a database without its migrations stops the start, until they are run', async () => {
    environment.DATABASE_URL = await createDatabase({ url: String(process.env.TEST_POSTGRES_URL) });
    const early = run(['serve'], environment);
    expect(await early.exited).toBe(1);
    expect(early.output).toContain('npm run migrate');

    const migration = run(['migrate'], environment);
    expect(await migration.exited).toBe(0);
    expect(migration.output).toContain('applied');
    await run(['serve'], environment).url();
  });

  it('a start changes no database that others share, and a slip in its name makes none', async () => {
    const url = new URL(await createDatabase({ url: String(process.env.TEST_POSTGRES_URL) }));
    await run(['serve'], { ...environment, DATABASE_URL: url.href }).exited;
    expect(await tables(url.href)).toEqual([]);

    url.pathname = '/no_such_database';
    for (const command of ['serve', 'migrate', 'seed']) {
      const service = run([command, '13800138000'], { ...environment, DATABASE_URL: url.href });
      expect(await service.exited).toBe(1);
      expect(service.output).toMatch(/PostgreSQL is unavailable: .*no_such_database/);
    }
    await expect(tables(url.href)).rejects.toThrow('no_such_database');
  });

  it('migrations need no more than the database', async () => {
    const DATABASE_URL = await createDatabase({ url: String(process.env.TEST_POSTGRES_URL) });
    const migration = run(['migrate'], { NODE_ENV: 'production', DATABASE_URL });
    expect(await migration.exited).toBe(0);
    expect(await tables(DATABASE_URL)).toEqual(['mikro_orm_migrations', 'users']);
  });

  it('a database that is away stops the start with a plain word', async () => {
    const service = run(['serve'], {
      ...environment,
      DATABASE_URL: 'postgres://user:a-password@127.0.0.1:1/none',
    });
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('PostgreSQL is unavailable');
    expect(service.output).not.toContain('a-password');
  });

  it('SIGTERM turns readiness off, lets a running request finish, and ends with 0', async () => {
    environment.DATABASE_URL = String(await createTestDatabase());
    const service = run(['serve'], { ...environment, YUNTONGXUN_TIMEOUT_SECONDS: '2' });
    const url = await service.url();
    const client = new Redis(redis.url);
    const api = new Api(url, client);
    const asked = new Promise<void>((resolve) => {
      gateway.answer = (response, request) => {
        resolve();
        silence(response, request);
      };
    });
    const running = api.requestWithCaptcha(freshMobile());
    await asked;
    service.signal('SIGTERM');
    await service.printed(/stopping/);
    service.signal('SIGTERM');
    expect((await api.post({ query: '{ imageCaptcha { __typename } }' })).status).toBe(503);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({ status: 'stopping' }),
    ]);
    expect(expectType(await running, 'SmsSendFailedError').mayStillArrive).toBe(true);
    expect(await service.exited).toBe(0);
    for (const line of service.output.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    expect(service.output).not.toContain('a-token-nobody-may-see');
    await client.quit();
  });
});
