// Failovers of Redis with Sentinel while people use the service.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MIN_REPLICAS, type RedisSentinel, startRedisSentinel } from '../support/redis-sentinel.ts';
import { describeWithRedis } from '../support/suites.ts';
import { type DrillOptions, usingDrill } from './support/drill.ts';
import { expectTypedAnswersInTime } from './support/expect-normal.ts';

/**
 * The Sentinels notice the fault after one second and elect a leader, and most failovers end within four seconds. If the votes are
 * split, they wait for two failover time-outs of two seconds and up to a second more, and try again. Split twice, it took 14.4 s.
 */
const FAILOVER_SECONDS = 16;
/** How long the primary is frozen: longer than a failover. */
const FROZEN_MS = 5000;
/** The Sentinels demote a primary that comes back after more than eight seconds. Until then it accepts writes. */
const UNTIL_DEMOTED_MS = 12_000;

/**
 * The leader of the Sentinels asks the promoted replica once a second whether it is a primary. Until then the other replica
 * follows the old primary, which accepts writes. The second of them is a margin.
 */
const PROMOTION_SECONDS = 2;
const SMS_PER_SECOND = 6;

describeWithRedis('Redis with Sentinel under load', () => {
  let redis: RedisSentinel;
  beforeEach(async () => {
    redis = await startRedisSentinel({ settings: MIN_REPLICAS });
  });
  afterEach(() => redis?.stop());

  const options = (): DrillOptions => ({
    redisUrl: redis.url,
    redisNodes: redis.nodes.map(({ url }) => url),
  });

  it('replaces a primary that is killed', async () => {
    await usingDrill(options(), async (drill) => {
      const primary = await redis.primary();
      const report = await drill.run('Sentinel: primary killed', () => primary.kill());
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBeLessThanOrEqual(1);
    });
  });

  it('replaces a primary that is frozen, and does not use it when it wakes', async () => {
    await usingDrill(options(), async (drill) => {
      const primary = await redis.primary();
      const freezeAndWake = async () => {
        await primary.pause();
        await Promise.all([redis.waitForFailover(primary), sleep(FROZEN_MS)]);
        await primary.resume();
      };
      const report = await drill.run('Sentinel: primary frozen', freezeAndWake, {
        settleMs: UNTIL_DEMOTED_MS,
      });
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBe(0);
    });
  });

  it('loses no cooldown in a planned failover that pauses writes', async () => {
    await usingDrill(options(), async (drill) => {
      const report = await drill.run(
        'Sentinel: planned failover, writes paused',
        () => redis.failOver({ pauseWrites: true }),
        { settleMs: UNTIL_DEMOTED_MS },
      );
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBe(0);
    });
  });

  it('loses the cooldowns of about a second in a planned failover that does not', async () => {
    await usingDrill(options(), async (drill) => {
      const report = await drill.run('Sentinel: planned failover', () => redis.failOver());
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBeLessThanOrEqual(PROMOTION_SECONDS * SMS_PER_SECOND);
    });
  });
});
