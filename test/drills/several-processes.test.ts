// Several processes on one Redis Cluster and one PostgreSQL: the promises of docs/security.md hold across all of them, even
// if processes are killed or Redis loses its data in the middle of a day.

import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { Api, countTypes, expectType, type Outcome } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { captchaKey } from '../support/redis-keys.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createTestDatabase, redisClient } from '../support/test-app.ts';
import { rejection, silence, success, TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';
import { wrongCode } from '../support/verification.ts';
import { type Instance, Instances } from './support/instances.ts';

const DAILY_CAP = 60;
const UNLIMITED = '100000';
const SEND_TIMEOUT_SECONDS = 2;
/** Requests to a process that is killed. */
const IN_FLIGHT = 6;

describeWithPostgres('processes on one Cluster and one PostgreSQL', () => {
  describeWithRedis('with redis-server', () => {
    let cluster: RedisServer;
    let redis: Redis | Cluster;
    let databaseUrl: string;
    let gatewayUrl: string;
    const gateway = new TestGateway();
    const stops: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      cluster = await startRedisCluster();
      stops.push(() => cluster.stop());
      redis = redisClient(cluster.url);
      stops.push(() => redis.quit());
      databaseUrl = String(await createTestDatabase());
      gatewayUrl = await gateway.start();
      stops.push(() => gateway.stop());
    });
    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop();
    });
    beforeEach(() => gateway.reset());

    /** Starts processes with the limits that production has by default. */
    async function startProcesses(count: number, settings: Record<string, string> = {}): Promise<Instances> {
      const directory = await temporaryDirectory('yanzheng-processes');
      stops.push(() => directory.remove());
      const instances = new Instances(directory.path, {
        NODE_ENV: 'production',
        TRUSTED_PROXIES: '127.0.0.1',
        SHUTDOWN_DRAIN_SECONDS: '0',
        REDIS_URL: cluster.url,
        DATABASE_URL: databaseUrl,
        CODE_SECRET,
        TOKEN_PRIVATE_KEY: testKey().privatePem,
        SMS_PER_DAY: UNLIMITED,
        ...yuntongxunSettings(gatewayUrl),
        YUNTONGXUN_TIMEOUT_SECONDS: String(SEND_TIMEOUT_SECONDS),
        ...settings,
      });
      stops.push(() => instances.end());
      await Promise.all(Array.from({ length: count }, () => instances.start()));
      return instances;
    }

    const apisOf = (instances: Instances) => instances.routed.map(({ url }) => new Api(url, redis));
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const newAddress = () =>
      `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`;

    /** In a number range of its own. */
    const newMobile = () => `139${String(randomInt(100_000_000)).padStart(8, '0')}`;

    async function plantCaptcha() {
      const captcha = { captchaId: randomBytes(16).toString('base64url'), captchaAnswer: 'ACDE' };
      await redis.set(captchaKey(captcha.captchaId), captcha.captchaAnswer, 'EX', 180);
      return captcha;
    }

    /** Spreads concurrent calls over the processes. */
    const spread = (
      apis: readonly Api[],
      count: number,
      call: (api: Api, index: number) => Promise<Outcome>,
    ) =>
      Promise.all(Array.from({ length: count }, (_, index) => call(apis[index % apis.length] as Api, index)));

    const request = async (api: Api, mobile = newMobile(), address = newAddress()) =>
      api.requestSmsCode({ mobile, ...(await plantCaptcha()) }, from(address));

    async function codeFor(api: Api, mobile: string): Promise<string> {
      expectType(await request(api, mobile), 'SmsCodeSent');
      return gateway.requests.findLast(({ to }) => to === mobile)?.code ?? '';
    }

    describe.each([2, 4])('%i of them', (count) => {
      let apis: readonly Api[] = [];
      beforeAll(async () => {
        apis = apisOf(await startProcesses(count));
      });

      it('send one SMS for 50 identical requests, and give all of them the same response', async () => {
        const input = { mobile: newMobile(), ...(await plantCaptcha()) };
        const outcomes = await spread(apis, 50, (api) => api.requestSmsCode(input));
        expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 50 });
        expect(gateway.requests).toHaveLength(1);
      });

      it('send one SMS to a mobile for 50 requests with 50 solved captchas', async () => {
        const mobile = newMobile();
        const outcomes = await spread(apis, 50, (api) => request(api, mobile));
        expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 1, TooManyRequestsError: 49 });
        expect(gateway.requests).toHaveLength(1);
      });

      it('redeem a captcha once for 50 mobiles', async () => {
        const captcha = await plantCaptcha();
        const outcomes = await spread(apis, 50, (api) =>
          api.requestSmsCode({ mobile: newMobile(), ...captcha }, from(newAddress())),
        );
        expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 1, CaptchaExpiredError: 49 });
      });

      it('send 20 SMS for 60 requests of one address', async () => {
        const address = newAddress();
        const outcomes = await spread(apis, 60, (api) => request(api, undefined, address));
        expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 20, TooManyRequestsError: 40 });
        expect(gateway.requests).toHaveLength(20);
      });

      it('send 20 SMS for 60 requests to one number range', async () => {
        const range = `1398${String(count).repeat(3)}`;
        const outcomes = await spread(apis, 60, (api, index) => request(api, `${range}${1000 + index}`));
        expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 20, TooManyRequestsError: 40 });
        expect(gateway.requests).toHaveLength(20);
      });

      it('issue 30 captchas to one address for 60 requests', async () => {
        const address = newAddress();
        const outcomes = await spread(apis, 60, (api) => api.imageCaptcha(from(address)));
        expect(countTypes(outcomes)).toEqual({ ImageCaptcha: 30, TooManyRequestsError: 30 });
      });

      it('compare five of 60 concurrent guesses at a code', async () => {
        const mobile = newMobile();
        const code = await codeFor(apis[0] as Api, mobile);
        const outcomes = await spread(apis, 60, (api, index) =>
          api.verifySmsCode(mobile, wrongCode(code, index + 1), 'REGISTER', from(newAddress())),
        );
        expect(countTypes(outcomes)).toEqual({ SmsCodeMismatchError: 5, SmsCodeExpiredError: 55 });
      });

      it('accept a code once of five concurrent attempts, and its token once of 50 uses', async () => {
        const mobile = newMobile();
        const code = await codeFor(apis[0] as Api, mobile);
        const verified = await spread(apis, 5, (api) =>
          api.verifySmsCode(mobile, code, 'REGISTER', from(newAddress())),
        );
        expect(countTypes(verified)).toEqual({ MobileVerified: 1, SmsCodeExpiredError: 4 });
        const token = verified.find(({ verificationToken }) => verificationToken)?.verificationToken;
        const registered = await spread(apis, 50, (api) => api.registerUser(token));
        expect(countTypes(registered)).toMatchObject({ UserRegistered: 1 });
      });
    });

    describe('and a daily cap', () => {
      let instances: Instances;
      beforeEach(async () => {
        await query('delete from spend_days');
        instances = await startProcesses(2, { SMS_PER_DAY: String(DAILY_CAP) });
      });

      const query = async (sql: string) => {
        const client = new pg.Client({ connectionString: databaseUrl });
        await client.connect();
        try {
          return (await client.query(sql)).rows;
        } finally {
          await client.end();
        }
      };
      /** Requests until every process rejects them. */
      async function useUp(): Promise<void> {
        await eventually(async () => {
          const outcomes = await spread(apisOf(instances), 20, (api) => request(api));
          return countTypes(outcomes).TooManyRequestsError === 20;
        }, 20_000);
      }

      it('use it up exactly, with rejected sends left out and unknown ones counted', async () => {
        let sends = 0;
        let counted = 0;
        gateway.answer = (response, gatewayRequest) => {
          sends += 1;
          if (sends % 3 === 0) return rejection('160042')(response, gatewayRequest);
          counted += 1;
          return (sends % 10 === 1 ? silence : success)(response, gatewayRequest);
        };
        await useUp();
        expect(counted).toBe(DAILY_CAP);
        expect(await query('select leased from spend_days')).toEqual([{ leased: DAILY_CAP }]);
      });

      it('keep it when Redis loses all its data in the middle of the day', async () => {
        await spread(apisOf(instances), 30, (api) => request(api));
        await cluster.flush();
        await useUp();
        expect(gateway.requests).toHaveLength(DAILY_CAP);
        const exceeded = await request(apisOf(instances)[0] as Api);
        expect(exceeded).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'SERVICE' });
      });

      /** Kills each process of the list while it sends, and starts another one in its place. */
      async function killEach(running: Instances, victims: readonly Instance[]): Promise<void> {
        for (const victim of victims) {
          const requests = spread([new Api(victim.url, redis)], IN_FLIGHT, (api) =>
            request(api).catch(() => ({ __typename: 'connection lost' })),
          );
          const before = gateway.requests.length;
          await eventually(async () => gateway.requests.length > before);
          victim.process.signal('SIGKILL');
          running.takeOut(victim);
          await requests;
          await running.start();
        }
      }

      it('never exceed it when processes are killed between the lease and the send', async () => {
        await killEach(instances, instances.routed);
        await useUp();
        expect(gateway.requests.length).toBeLessThanOrEqual(DAILY_CAP);
        // With this cap a lot is one SMS, so that those in flight are most of what is lost.
        expect(gateway.requests.length).toBeGreaterThanOrEqual(DAILY_CAP - 2 * IN_FLIGHT);
      });

      it('lose the lot of each process that is killed, and no more', async () => {
        const generous = await startProcesses(2, { SMS_PER_DAY: '5000' });
        await query('delete from spend_days');
        const victims = generous.routed;
        await killEach(generous, victims);
        await stopAll(generous);
        const [row] = await query('select leased from spend_days');
        const lost = row.leased - gateway.requests.length;
        expect(lost).toBeGreaterThan(victims.length * (90 - IN_FLIGHT));
        expect(lost).toBeLessThanOrEqual(victims.length * 100);
      });

      async function stopAll(running: Instances): Promise<void> {
        for (const { process } of running.routed) {
          process.signal('SIGTERM');
          expect(await process.exited).toBe(0);
        }
      }

      it('return the lots of processes that stop', async () => {
        await query('delete from spend_days');
        const generous = await startProcesses(2, { SMS_PER_DAY: '10000' });
        await spread(apisOf(generous), 10, (api) => request(api));
        expect(await query('select leased from spend_days')).toEqual([{ leased: 200 }]);
        await stopAll(generous);
        expect(await query('select leased from spend_days')).toEqual([{ leased: 10 }]);
      });
    });
  });
});
