// What the tests of outages share: the answer in time, the recovery, and what one request leaves behind in Redis.

import { expect } from '@jest/globals';
import type { RateLimit } from '../../src/rate-limiting/rate-limit.ts';
import { expectType, type Outcome } from './api.ts';
import { eventually } from './eventually.ts';
import { kindOf } from './keyspace.ts';
import { type RealRedisServer, startRedis } from './redis-server.ts';
import { newAddress, newMobile, rateLimitsWith } from './store-fixtures.ts';
import { TcpProxy } from './tcp-proxy.ts';
import type { OnStop } from './test-app.ts';

/** The time budget of a request for Redis and PostgreSQL is 1.5 s. The rest is a margin for a busy machine. */
const ANSWER_LIMIT_MS = 2000;

export const UNAVAILABLE = {
  __typename: 'ServiceUnavailableError',
  message: '数据库异常',
  retryAfterSeconds: 5,
};

/** The rate limits that every request for an SMS counts against. */
export const REQUEST_COUNTS = countOnce(rateLimitsWith().of('requestSmsCode', newAddress()));
/** The rate limits that an SMS counts against, if it was or may have been sent. */
export const SMS_COUNTS = countOnce(rateLimitsWith().of('sendSms', newMobile()));
export const CODE_COUNTS = { 'code:REGISTER': 1 };

/** The outcome, which must arrive within the time limit. */
export async function inTime(outcome: Promise<Outcome>): Promise<Outcome> {
  const startedMs = performance.now();
  const result = await outcome;
  expect(performance.now() - startedMs).toBeLessThan(ANSWER_LIMIT_MS);
  return result;
}

/** Repeats a request until it succeeds. Every answer before that must be `ServiceUnavailableError`. */
export async function untilRecovered(request: () => Promise<Outcome>, type: string): Promise<void> {
  await eventually(async () => {
    const outcome = await request();
    if (outcome.__typename === type) return true;
    expectType(outcome, 'ServiceUnavailableError');
    return false;
  });
}

/** A Redis server, and a proxy in front of it that breaks the connection of the app. */
export async function startRedisBehindProxy(
  onStop: OnStop,
): Promise<{ redis: RealRedisServer; proxy: TcpProxy }> {
  const redis = await startRedis();
  onStop(() => redis.stop());
  const proxy = await TcpProxy.start(redis.url);
  onStop(() => proxy.stop());
  return { redis, proxy };
}

interface Server {
  readonly pid: number;
  resume(): Promise<void>;
  restart(): Promise<void>;
}

/** Undoes `pause()` and `kill()`. */
export async function restoreServer(server: Server): Promise<void> {
  await (isRunning(server) ? server.resume() : server.restart());
}

function isRunning(server: Server): boolean {
  try {
    return server.pid > 0;
  } catch {
    return false;
  }
}

function countOnce(rateLimits: readonly RateLimit[]): Record<string, number> {
  return Object.fromEntries(rateLimits.map(({ key }) => [kindOf(key), 1]));
}
