// `runScript` on every kind of Redis: keys and arguments reach the Lua source by name.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { booleanReply, defineScript, fieldsReply, noReply } from '../../src/common/redis/define-script.ts';
import { type OpenRedis, openRedis } from '../../src/infrastructure/redis/open-redis.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeEachRedis } from '../support/suites.ts';

const storePair = defineScript({
  name: 'testStorePair',
  keys: ['first', 'second'],
  args: ['firstValue', 'secondValue', 'ttlMs'],
  reply: fieldsReply<{ readonly first: string; readonly second: string; readonly sum: number }>(),
  lua: `
redis.call('SET', first, firstValue, 'PX', ttlMs)
redis.call('SET', second, secondValue, 'PX', ttlMs)
return fields({ first = firstValue, second = secondValue, sum = tonumber(firstValue) + tonumber(secondValue) })`,
});

const isStored = defineScript({
  name: 'testIsStored',
  keys: ['key'],
  args: ['expected'],
  reply: booleanReply,
  lua: `if redis.call('GET', key) == expected then return 1 end
return 0`,
});

const remove = defineScript({
  name: 'testRemove',
  keys: ['key'],
  args: [],
  uses: [{ name: 'removeKey', lua: 'local function removeKey(name) return redis.call("DEL", name) end' }],
  reply: noReply,
  lua: 'return removeKey(key)',
});

const scripts = [storePair, isStored, remove] as const;

describeEachRedis('runScript', (kind) => {
  let server: RedisServer;
  let redis: OpenRedis<(typeof scripts)[number]>;
  beforeAll(async () => {
    server = await kind.start();
    redis = await openRedis({ url: server.url, scripts, connectTimeoutMs: 5000, onError() {} });
  });
  afterAll(async () => {
    await redis?.close();
    await server?.stop();
  });

  it('passes keys and arguments by name, whatever the order of the properties', async () => {
    const reply = await redis.client.runScript(storePair, {
      args: { ttlMs: 60_000, secondValue: 2, firstValue: '1' },
      keys: { second: '{test}:second', first: '{test}:first' },
    });
    expect(reply).toEqual({ first: '1', second: '2', sum: 3 });
    expect(await redis.client.get('{test}:first')).toBe('1');
    expect(await redis.client.get('{test}:second')).toBe('2');
  });

  it('decodes the reply of each script', async () => {
    await redis.client.set('{test}:key', 'value', 'EX', 60);
    const run = (expected: string) =>
      redis.client.runScript(isStored, { keys: { key: '{test}:key' }, args: { expected } });
    expect(await run('value')).toBe(true);
    expect(await run('another value')).toBe(false);
  });

  it('runs a script that uses a shared function and returns nothing', async () => {
    await redis.client.set('{test}:removed', 'value', 'EX', 60);
    expect(
      await redis.client.runScript(remove, { keys: { key: '{test}:removed' }, args: {} }),
    ).toBeUndefined();
    expect(await redis.client.exists('{test}:removed')).toBe(0);
  });
});
