// `yanzheng doctor` finds planted mistakes, and nothing else.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { doctor } from '../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { type RealRedisServer, startRedis, withClient } from '../support/redis-server.ts';
import { withSimulator } from '../support/simulator.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { createTestDatabase, type TestApp, usingTestApp } from '../support/test-app.ts';
import { CODE_SECRET } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';

const SAFE_REDIS = { appendonly: 'yes', maxmemory: '256mb', 'maxmemory-policy': 'noeviction' };
const REPORT_SECRET = 'secret-of-the-reports';

describeWithPostgres('yanzheng doctor', () => {
  describeWithRedis('with redis-server', () => {
    const simulator = withSimulator(() => ({ SIMULATOR_NUMBER_LIMITS: 'off' }));
    let redis: RealRedisServer;
    let databaseUrl: string;
    let environment: Record<string, string>;
    beforeAll(async () => {
      redis = await startRedis(SAFE_REDIS);
      await withClient(redis.url, (client) => client.config('SET', 'requirepass', 'a-password'));
      databaseUrl = String(await createTestDatabase());
    });
    afterAll(() => redis.stop());
    beforeEach(() => {
      environment = {
        ...simulator.settings,
        NODE_ENV: 'production',
        METRICS_PORT: '9464',
        TRUSTED_PROXIES: '10.0.0.1',
        REDIS_URL: redis.url.replace('redis://', 'redis://:a-password@'),
        DATABASE_URL: databaseUrl,
        CODE_SECRET,
        TOKEN_PRIVATE_KEY: testKey().privatePem,
        TOKEN_AUDIENCE: 'shop',
        SMS_PER_DAY: '1000',
        SMS_PROVIDER: 'yuntongxun',
        YUNTONGXUN_REPORT_SECRET: REPORT_SECRET,
      };
    });

    async function run(changes: Record<string, string> = {}, ...args: string[]) {
      const result = await doctor.run({
        args,
        isConfirmed: false,
        environment: { ...environment, ...changes },
        dataDirectory: '/does/not/exist',
        progress: () => {},
      });
      if (result === undefined) throw new Error('doctor has a result');
      const { findings } = result.json as { findings: Finding[] };
      const text = result.lines.join('\n');
      for (const secret of [
        CODE_SECRET,
        'a-password',
        REPORT_SECRET,
        String(environment.YUNTONGXUN_AUTH_TOKEN),
      ])
        expect(text).not.toContain(secret);
      const problems = findings.filter(({ severity }) => severity !== 'ok');
      for (const { advice } of problems) expect(advice).toMatch(/\.$|ping$|1"$|node>$/);
      return {
        exitCode: result.exitCode,
        problems: problems.map(({ severity, subject }) => `${severity} ${subject}`),
      };
    }

    it('finds nothing wrong in a production that is set up well', async () => {
      expect(await run()).toEqual({ exitCode: 0, problems: [] });
    });

    it('sends nothing to a number that a phone can have', async () => {
      await run();
      for (const { mobile } of simulator.log.latest) expect(mobile).toBe('10000000000');
    });

    it.each<[string, Record<string, string>, RegExp]>([
      ['an invalid setting', { SMS_PER_DAY: 'many' }, /^error SMS_PER_DAY must be a whole number/],
      ['a missing setting', { YUNTONGXUN_APP_ID: '' }, /^error YUNTONGXUN_APP_ID is missing/],
      ['no trusted proxy', { TRUSTED_PROXIES: '' }, /^warning TRUSTED_PROXIES is empty$/],
      ['metrics on the public port', { METRICS_PORT: '' }, /^warning METRICS_PORT is unset$/],
      ['the playground', { PLAYGROUND: 'on' }, /^warning PLAYGROUND is on$/],
      [
        'test mobiles',
        { TEST_MOBILES: '13800138000:123456', TEST_MOBILES_UNTIL: '2020-01-01' },
        /^warning TEST_MOBILES_UNTIL is over$/,
      ],
      [
        'a Redis that is down',
        { REDIS_URL: 'redis://127.0.0.1:1' },
        /^error Redis does not answer: ECONNREFUSED$/,
      ],
      [
        'a PostgreSQL that is down',
        { DATABASE_URL: 'postgres://x:secret@127.0.0.1:1/y' },
        /^error PostgreSQL does not answer: ECONNREFUSED$/,
      ],
      [
        'a provider that is down',
        { YUNTONGXUN_BASE_URL: 'http://127.0.0.1:1' },
        /^error the SMS provider yuntongxun does not answer: .*ECONNREFUSED$/,
      ],
      [
        'a wrong token of the provider',
        { YUNTONGXUN_AUTH_TOKEN: 'f'.repeat(32) },
        /^error the SMS provider yuntongxun rejects the account: 111109 /,
      ],
      [
        'another template',
        { YUNTONGXUN_TEMPLATE_ID: '2' },
        /^(error|warning) the SMS provider yuntongxun .*160032 /,
      ],
      [
        'no delivery reports',
        { YUNTONGXUN_REPORT_SECRET: '' },
        /^warning delivery reports of yuntongxun are off$/,
      ],
    ])('finds %s', async (_what, changes, line) => {
      const { problems } = await run(changes);
      expect(problems).toEqual([expect.stringMatching(line)]);
    });

    it('finds a wrong password of Redis', async () => {
      const { problems, exitCode } = await run({
        REDIS_URL: redis.url.replace('redis://', 'redis://:wrong@'),
      });
      expect(problems).toEqual([expect.stringMatching(/^error Redis does not answer: WRONGPASS$/)]);
      expect(exitCode).toBe(1);
    });

    it('finds pending migrations', async () => {
      const DATABASE_URL = await createDatabase({ url: String(process.env.TEST_POSTGRES_URL) });
      const { problems } = await run({ DATABASE_URL });
      expect(problems).toEqual([expect.stringMatching(/^error pending migrations: Migration\d+Users, /)]);
    });

    describe('on a Redis with its default settings', () => {
      let careless: RealRedisServer;
      beforeAll(async () => {
        careless = await startRedis({ appendonly: 'no', 'maxmemory-policy': 'allkeys-lru' });
      });
      afterAll(() => careless.stop());

      it('finds the eviction, the missing limit and the missing persistence', async () => {
        const { problems } = await run({ REDIS_URL: careless.url });
        expect(problems).toEqual([
          expect.stringMatching(/^error Redis .* has maxmemory-policy allkeys-lru$/),
          expect.stringMatching(/^warning Redis .* has no maxmemory$/),
          expect.stringMatching(/^error Redis .* has appendonly no/),
        ]);
      });

      it('finds a replica', async () => {
        await withClient(careless.url, (client) => client.replicaof('127.0.0.1', '1'));
        const { problems } = await run({ REDIS_URL: careless.url });
        expect(problems).toContainEqual(expect.stringMatching(/^error Redis .* is a read-only replica$/));
        await withClient(careless.url, (client) => client.replicaof('NO', 'ONE'));
      });
    });

    describe('with the public URL', () => {
      async function runAt(url: (app: TestApp) => string, settings: Record<string, string> = {}) {
        let result: Awaited<ReturnType<typeof run>> | undefined;
        await usingTestApp({ settings }, async (app) => {
          result = await run({}, url(app));
        });
        return result;
      }

      it('finds what is public and should not be, and reports that do not arrive', async () => {
        const result = await runAt((app) => app.url);
        expect(result?.problems).toEqual([
          expect.stringMatching(/^warning .*\/metrics is public$/),
          expect.stringMatching(/^warning .*\/readyz is public$/),
          expect.stringMatching(/^warning .*\/healthz is public$/),
          'error delivery reports of yuntongxun do not reach the service: 404',
        ]);
      });

      it('accepts reports that arrive', async () => {
        const result = await runAt((app) => app.url, {
          YUNTONGXUN_REPORT_SECRET: REPORT_SECRET,
          METRICS_PORT: '0',
        });
        expect(result?.problems).toHaveLength(2);
        expect(result?.exitCode).toBe(0);
      });

      it('finds a URL that does not answer', async () => {
        const { problems } = await run({}, 'http://127.0.0.1:1');
        expect(problems).toEqual(['error http://127.0.0.1:1/graphql answers not at all']);
      });
    });
  });
});
