// A rolling restart behind a load balancer while people use the service: no client notices it.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { startSomeRedis } from '../support/test-app.ts';
import { isDisturbed } from './support/answers.ts';
import { Balancer } from './support/balancer.ts';
import { usingDrill } from './support/drill.ts';
import type { Instance } from './support/instances.ts';

const INSTANCES = 2;
/** Enough requests in each second that one is in flight at every step of a shutdown. */
const LOAD = { visitsPerSecond: 40, registers: true };

describeWithPostgres('a rolling restart under load', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startSomeRedis();
  });
  afterEach(() => redis?.stop());

  it('fails no request', async () => {
    const options = { redisUrl: redis.url, redisNodes: [redis.url], instances: 0, load: LOAD };
    await usingDrill(options, async ({ instances, log, run }) => {
      const ports = await Promise.all(Array.from({ length: INSTANCES }, freePort));
      const running = await Promise.all(ports.map((port) => instances.start({ PORT: String(port) })));
      const balancer = new Balancer(running.map(({ url }) => url));
      const throughBalancer = { url: await balancer.start() };
      /** Requests go through the balancer, whatever instances run. */
      const route = () => {
        instances.routed = [throughBalancer as Instance];
      };
      const restart = async (instance: Instance) => {
        instance.process.signal('SIGTERM');
        expect(await instance.process.exited).toBe(0);
        await instances.start({ PORT: new URL(instance.url).port });
        route();
        await eventually(async () => balancer.sendsTo(instance.url));
      };
      try {
        route();
        const report = await run('rolling restart of two instances', async () => {
          for (const instance of running) await restart(instance);
        });
        const failed = log.answers.filter(isDisturbed);
        process.stderr.write(
          `[drill] rolling restart | requests: ${log.answers.length} | failed: ${failed.length}` +
            ` | restarts: ${report.faultSeconds.toFixed(1)} s\n`,
        );
        expect(failed).toEqual([]); // the difference shows what each client got
        expect(report).toMatchObject({ internalErrors: 0, smsBeyondLimit: 0, secondsUntilNormal: 0 });
      } finally {
        await balancer.stop();
      }
    });
  });
});
