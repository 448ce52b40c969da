// Several providers and several processes: one request sends one SMS, even if its process is killed between the start of an
// attempt and its outcome, or Redis is.

import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import { Api, countTypes, expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { type RealRedisServer, startRedis } from '../support/redis-server.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createTestDatabase, redisClient } from '../support/test-app.ts';
import { rejection, silence, success, TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, permissiveLimits, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';
import { Instances } from './support/instances.ts';

describeWithPostgres('processes with two providers', () => {
  describeWithRedis('with redis-server', () => {
    const gateway = new TestGateway();
    const webhook = new StubProvider();
    const stops: (() => Promise<unknown>)[] = [];
    let server: RealRedisServer;
    let redis: Redis | Cluster;
    let instances: Instances;

    beforeAll(async () => {
      server = await startRedis();
      redis = redisClient(server.url);
      const directory = await temporaryDirectory('yanzheng-failover');
      stops.push(
        () => directory.remove(),
        () => server.stop(),
        () => redis.quit(),
      );
      const [gatewayUrl, webhookUrl] = [await gateway.start(), await webhook.start()];
      stops.push(
        () => gateway.stop(),
        () => webhook.stop(),
      );
      instances = new Instances(directory.path, {
        NODE_ENV: 'production',
        SHUTDOWN_DRAIN_SECONDS: '0',
        REDIS_URL: server.url,
        DATABASE_URL: String(await createTestDatabase()),
        CODE_SECRET,
        TOKEN_PRIVATE_KEY: testKey().privatePem,
        ...permissiveLimits,
        ...yuntongxunSettings(gatewayUrl),
        SMS_PROVIDER: 'yuntongxun,webhook',
        YUNTONGXUN_TIMEOUT_SECONDS: '2',
        SMS_WEBHOOK_URL: webhookUrl,
        SMS_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        SMS_WEBHOOK_TIMEOUT_SECONDS: '2',
        SMS_RESEND_GAP_SECONDS: '1',
      });
      stops.push(() => instances.end());
      await Promise.all([instances.start(), instances.start()]);
    });
    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop();
    });
    beforeEach(() => {
      gateway.reset();
      webhook.requests.length = 0;
      webhook.answer = answerWith({ outcome: 'accepted', messageId: 'own-1' });
    });

    const apis = () => instances.routed.map(({ url }) => new Api(url, redis));
    const sent = () => [gateway.requests.length, webhook.requests.length];

    it.each([
      ['accepts', success, [1, 0], 'SmsCodeSent'],
      ['rejects for a fault of its account', rejection('160014'), [1, 1], 'SmsCodeSent'],
      ['does not answer', silence, [1, 0], 'SmsSendFailedError'],
    ] as const)(
      'send one SMS for 40 equal requests when the first provider %s',
      async (_what, answer, counts, type) => {
        gateway.answer = answer;
        const [first, second] = apis() as [Api, Api];
        const request = { mobile: freshMobile(), ...(await first.readCaptcha()) };
        const outcomes = await Promise.all(
          Array.from({ length: 40 }, (_, index) => (index % 2 ? first : second).requestSmsCode(request)),
        );
        expect(countTypes(outcomes)).toEqual({ [type]: 40 });
        expect(sent()).toEqual(counts);
      },
    );

    it('send no second SMS when a process is killed between the start of an attempt and its outcome', async () => {
      gateway.answer = silence;
      const victim = await instances.start();
      instances.takeOut(victim);
      const [other] = apis() as [Api];
      const request = { mobile: freshMobile(), ...(await other.readCaptcha()) };
      const lost = new Api(victim.url, redis).requestSmsCode(request).catch(() => 'connection lost');
      await eventually(async () => gateway.requests.length === 1);
      victim.process.signal('SIGKILL');
      expect(await lost).toBe('connection lost');

      // The replay does not know the outcome, so it sends nothing.
      expectType(await other.requestSmsCode(request), 'ServiceUnavailableError');
      expect(sent()).toEqual([1, 0]);

      // The person asks for another SMS: with the same code, through the other provider.
      gateway.answer = success;
      expectType(await other.requestWithCaptcha(request.mobile), 'SmsCodeSent');
      expect(sent()).toEqual([1, 1]);
      const code = JSON.parse(webhook.requests[0]?.body ?? '{}').code;
      expect(code).toBe(gateway.lastCode);
      expectType(await other.verifySmsCode(request.mobile, code), 'MobileVerified');
    });

    it('send no second SMS when Redis stops between the attempts', async () => {
      const [first] = apis() as [Api];
      const request = { mobile: freshMobile(), ...(await first.readCaptcha()) };
      gateway.answer = async (response, gatewayRequest) => {
        await server.pause();
        rejection('160014')(response, gatewayRequest);
      };
      expectType(await first.requestSmsCode(request), 'ServiceUnavailableError');
      await server.resume();
      expect(sent()).toEqual([1, 0]);
      gateway.answer = success;
      await eventually(async () => (await first.imageCaptcha()).__typename === 'ImageCaptcha');
      expect((await first.requestSmsCode(request)).__typename).not.toBe('SmsCodeSent');
      expect(sent()).toEqual([1, 0]);
    });
  });
});
