// The client behind Sentinel: its credentials, and its way to the new primary after a failover.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { openRedis } from '../../src/infrastructure/redis/open-redis.ts';
import { redisScripts } from '../../src/redis-scripts.ts';
import { eventually } from '../support/eventually.ts';
import { startRedisSentinel } from '../support/redis-sentinel.ts';
import { startRedis } from '../support/redis-server.ts';
import { ScriptedSentinel } from '../support/scripted-sentinel.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { describeWithRedis } from '../support/suites.ts';
import { CODE_SECRET } from '../support/test-settings.ts';

const { run } = withServiceProcesses();
/** The commands have nothing to do after their output. */
const EXIT_MS = 5000;

const open = (url: string) =>
  openRedis({ url, scripts: redisScripts, connectTimeoutMs: 5000, onError: () => {} });

describeWithRedis('a client behind Sentinel', () => {
  it('logs in to Sentinels with a password, and follows a failover within a second', async () => {
    const redis = await startRedisSentinel({ sentinelPassword: 'a-password' });
    const { client, close } = await open(redis.url);
    try {
      const from = await redis.primary();
      await client.set('key', 'value', 'EX', 60);
      await redis.failOver();
      const address = new URL((await redis.primary()).url).host;
      expect(address).not.toBe(new URL(from.url).host);
      // The old primary still accepts writes, so no error tells the client to leave it.
      await eventually(async () => (await portOf(client)) === address.split(':')[1], 1000);
    } finally {
      await close();
      await redis.stop();
    }
  });

  it('is not connected without the password of the Sentinels', async () => {
    const redis = await startRedisSentinel({ sentinelPassword: 'a-password' });
    const errors: string[] = [];
    const { client, close } = await openRedis({
      url: redis.url.replace('a-password', 'another'),
      scripts: redisScripts,
      connectTimeoutMs: 500,
      onError: ({ message }) => errors.push(message),
    });
    try {
      expect(client.status).not.toBe('ready');
      expect(errors.join()).toContain('WRONGPASS');
    } finally {
      await close();
      await redis.stop();
    }
  });

  it('lets the process end when it is closed', async () => {
    const redis = await startRedisSentinel();
    try {
      const unlock = run(['unlock', '13800138000'], { REDIS_URL: redis.url, CODE_SECRET });
      await unlock.printed(/138\*\*\*\*8000 has no failed attempts/);
      const endless = sleep(EXIT_MS, 'still running', { ref: false });
      expect(await Promise.race([unlock.exited, endless])).toBe(0);
    } finally {
      await redis.stop();
    }
  });

  it('connects again if a failover is reported while it asks for the primary', async () => {
    const redis = await startRedis();
    const sentinel = new ScriptedSentinel(redis.url);
    const { client, close } = await open(await sentinel.start());
    try {
      await client.set('key', 'value', 'EX', 60);
      await eventually(async () => sentinel.subscriptions === 1);
      sentinel.isHolding = true;
      await redis.kill();
      await eventually(async () => sentinel.heldQuestions === 1);
      await redis.restart();
      sentinel.reportFailover();
      await eventually(async () => sentinel.subscriptions === 0); // the client has read the report
      sentinel.release();
      await eventually(
        () =>
          client.ping().then(
            () => true,
            () => false,
          ),
        3000,
      );
    } finally {
      await close();
      await sentinel.stop();
      await redis.stop();
    }
  });

  it('stays closed if it is closed while it asks for the primary', async () => {
    const redis = await startRedis();
    const sentinel = new ScriptedSentinel(redis.url);
    const { client, close } = await open(await sentinel.start());
    try {
      sentinel.isHolding = true;
      await redis.kill();
      await eventually(async () => sentinel.heldQuestions === 1);
      await close();
      const connections: string[] = [];
      client.on('connecting', () => connections.push('connecting'));
      sentinel.release();
      await eventually(async () => client.status === 'end');
      await expect(eventually(async () => connections.length > 0, 500)).rejects.toThrow('not within');
    } finally {
      await sentinel.stop();
      await redis.stop();
    }
  });
});

async function portOf(client: { info(section: string): Promise<string> }): Promise<string | undefined> {
  const info = await client.info('server').catch(() => '');
  return /tcp_port:(\d+)/.exec(info)?.[1];
}
