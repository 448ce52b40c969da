// The embedded Redis, which has no password, can be reached from this machine only.

import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/infrastructure/embedded/embedded-redis.ts';

describe('the embedded Redis', () => {
  let embedded: EmbeddedRedis;
  beforeAll(async () => {
    embedded = await startEmbeddedRedis();
  });
  afterAll(() => embedded.stop());

  it('answers on 127.0.0.1', async () => {
    const redis = new Redis(embedded.url);
    expect(await redis.set('key', 'value', 'EX', 60)).toBe('OK');
    expect(await redis.get('key')).toBe('value');
    await redis.quit();
  });

  it.each(['127.0.0.2', '::1', ...addressesOfThisMachine()])('refuses a connection to %s', async (host) => {
    expect(await connectionError(host, Number(new URL(embedded.url).port))).not.toBe('connected');
  });
});

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
}

async function connectionError(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return 'connected';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}
