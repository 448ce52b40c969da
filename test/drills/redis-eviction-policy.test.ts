// A Redis that evicts rate limits when its memory is full: production does not start, other environments warn.

import { afterEach, expect, it } from '@jest/globals';
import { type RealRedisServer, type RedisSettings, startRedis } from '../support/redis-server.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { createTestDatabase, usingTestApp } from '../support/test-app.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';

const { run } = withServiceProcesses();
const servers: RealRedisServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function server(settings: RedisSettings): Promise<RealRedisServer> {
  const redis = await startRedis(settings);
  servers.push(redis);
  return redis;
}

const policyLines = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line)).filter(({ msg }) => /evicts|maxmemory/.test(msg));

describeWithPostgres('in production', () => {
  describeWithRedis('with a real Redis', () => {
    const environment = async (settings: RedisSettings) => ({
      NODE_ENV: 'production',
      REDIS_URL: (await server(settings)).url,
      DATABASE_URL: String(await createTestDatabase()),
      CODE_SECRET,
      TOKEN_PRIVATE_KEY: testKey().privatePem,
      SMS_PER_DAY: '1000',
      ...yuntongxunSettings('http://127.0.0.1:1'),
    });

    it('a start fails with the policy, the node and the remedy in one line', async () => {
      const settings = await environment({ 'maxmemory-policy': 'volatile-lru' });
      const service = run(['serve'], settings);
      expect(await service.exited).toBe(1);
      const { host } = new URL(settings.REDIS_URL);
      expect(service.output).toBe(
        `Redis evicts rate limits when its memory is full: set maxmemory-policy noeviction on ${host} (volatile-lru).\n`,
      );
    });

    it('a start succeeds where CONFIG does not exist, with a warning', async () => {
      const service = run(['serve'], await environment({ 'rename-command': ['CONFIG', ''] }));
      await service.url();
      const lines = service.output.trim().split('\n');
      expect(policyLines(lines)).toMatchObject([
        { level: 'warn', msg: 'maxmemory-policy of Redis is unknown', policy: 'noeviction' },
      ]);
    });
  });
});

describeWithRedis('outside production', () => {
  it('the service starts with another policy, and warns', async () => {
    const redis = await server({ 'maxmemory-policy': 'allkeys-lru' });
    await usingTestApp({ redis }, async ({ log }) => {
      expect(policyLines(log)).toMatchObject([
        {
          level: 'warn',
          msg: 'Redis evicts rate limits when its memory is full',
          node: new URL(redis.url).host,
          policy: 'allkeys-lru',
        },
      ]);
    });
  });
});

it('the embedded Redis gets no warning', async () => {
  await usingTestApp({ settings: { REDIS_URL: '' } }, async ({ log }) => {
    expect(policyLines(log.filter((line) => line.startsWith('{')))).toEqual([]);
  });
});
