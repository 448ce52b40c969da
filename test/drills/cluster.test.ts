// A Redis Cluster that loses a master, and whose slots are moved, while people use the service.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { describeWithRedis } from '../support/suites.ts';
import { type DrillOptions, usingDrill } from './support/drill.ts';
import { expectTypedAnswersInTime } from './support/expect-normal.ts';

/** The nodes notice the death after `cluster-node-timeout`, two seconds, and elect a replica within about two more. */
const FAILOVER_SECONDS = 10;
/** How long a master is frozen: longer than a failover. */
const FROZEN_MS = 5000;
const MOVED_SLOTS = 100;

describeWithRedis('a Redis Cluster under load', () => {
  let redis: RedisCluster;
  beforeEach(async () => {
    redis = await startRedisCluster({ replicasPerMaster: 1 });
  });
  afterEach(() => redis?.stop());

  const options = (): DrillOptions => ({
    redisUrl: redis.url,
    redisNodes: redis.nodes.map(({ url }) => url),
  });

  it('replaces a master that is killed', async () => {
    await usingDrill(options(), async (drill) => {
      const kill = async () => {
        const master = await redis.busiestMaster();
        await master.kill();
        await redis.waitForFailover(master);
      };
      const report = await drill.run('Cluster: master killed', kill);
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBeLessThanOrEqual(1);
    });
  });

  it('replaces a master that is frozen, and does not use it when it wakes', async () => {
    await usingDrill(options(), async (drill) => {
      const freezeAndWake = async () => {
        const master = await redis.busiestMaster();
        await master.pause();
        await Promise.all([redis.waitForFailover(master), sleep(FROZEN_MS)]);
        await master.resume();
      };
      const report = await drill.run('Cluster: master frozen', freezeAndWake);
      expectTypedAnswersInTime(report);
      expect(report.secondsUntilNormal).toBeLessThan(FAILOVER_SECONDS);
      expect(report.smsBeyondLimit).toBe(0);
    });
  });

  it('moves slots without a disturbance', async () => {
    await usingDrill(options(), async (drill) => {
      const move = async () => {
        const moved = await redis.moveSlots(await redis.busiestMaster(), MOVED_SLOTS);
        expect(moved).toBeGreaterThan(0);
      };
      const report = await drill.run('Cluster: slots moved', move);
      expectTypedAnswersInTime(report);
      expect(report).toMatchObject({ secondsUntilNormal: 0, smsBeyondLimit: 0 });
    });
  });
});
