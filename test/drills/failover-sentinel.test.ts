// Redis fails over in the middle of a delivery, between the attempts of two providers: no SMS is sent twice, and none leaves
// without its record.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { MIN_REPLICAS, type RedisSentinel, startRedisSentinel } from '../support/redis-sentinel.ts';
import { withClient } from '../support/redis-server.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createTestDatabase } from '../support/test-app.ts';
import { rejection, success, TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, permissiveLimits, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';
import { Instances } from './support/instances.ts';

const FAULT_OF_ACCOUNT = rejection('160014');
/** Longer and shorter than a failover takes. */
const PATIENT_TIMEOUT_SECONDS = '20';
const SHORT_TIMEOUT_SECONDS = '1';
const FAILOVER_LIMIT_MS = 10_000;

describeWithPostgres('a failover of Redis between the attempts of two providers', () => {
  describeWithRedis('with redis-server', () => {
    const gateway = new TestGateway();
    const webhook = new StubProvider();
    let stops: (() => unknown)[] = [];
    let sentinel: RedisSentinel;
    let instances: Instances;
    let url: string;

    beforeEach(async () => {
      stops = [];
      gateway.reset();
      webhook.requests.length = 0;
      webhook.answer = answerWith({ outcome: 'accepted', messageId: 'own-1' });
      sentinel = await startRedisSentinel({ settings: MIN_REPLICAS });
      stops.push(() => sentinel.stop());
      const directory = await temporaryDirectory('yanzheng-failover-sentinel');
      stops.push(() => directory.remove());
      const gatewayUrl = await gateway.start();
      stops.push(() => gateway.stop());
      const webhookUrl = await webhook.start();
      stops.push(() => webhook.stop());
      instances = new Instances(directory.path, {
        NODE_ENV: 'production',
        SHUTDOWN_DRAIN_SECONDS: '0',
        REDIS_URL: sentinel.url,
        DATABASE_URL: String(await createTestDatabase()),
        CODE_SECRET,
        TOKEN_PRIVATE_KEY: testKey().privatePem,
        ...permissiveLimits,
        ...yuntongxunSettings(gatewayUrl),
        SMS_PROVIDER: 'yuntongxun,webhook',
        SMS_WEBHOOK_URL: webhookUrl,
        SMS_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        SMS_RESEND_GAP_SECONDS: '1',
      });
      stops.push(() => instances.end());
    });
    afterEach(async () => {
      for (const stop of stops.toReversed()) await stop();
    });

    async function start(timeoutSeconds: string): Promise<void> {
      ({ url } = await instances.start({
        YUNTONGXUN_TIMEOUT_SECONDS: timeoutSeconds,
        SMS_WEBHOOK_TIMEOUT_SECONDS: timeoutSeconds,
      }));
    }

    const sent = () => [gateway.requests.length, webhook.requests.length];

    const api = () =>
      new Api(url, {
        get: async (key) => withClient((await sentinel.primary()).url, (redis) => redis.get(key)),
      });

    it('is over when the first provider rejects: the second one sends the SMS, whose code is valid', async () => {
      await start(PATIENT_TIMEOUT_SECONDS);
      const primary = await sentinel.primary();
      gateway.answer = async (response, request) => {
        await primary.kill();
        await sentinel.waitForFailover(primary);
        await eventually(
          async () => (await (await fetch(`${url}/readyz`)).text()).includes('"redis":"up"'),
          FAILOVER_LIMIT_MS,
        );
        FAULT_OF_ACCOUNT(response, request);
      };
      const mobile = freshMobile();
      expectType(await api().requestWithCaptcha(mobile), 'SmsCodeSent');
      expect(sent()).toEqual([1, 1]);
      const { code } = JSON.parse(webhook.requests[0]?.body ?? '{}');
      expectType(await api().verifySmsCode(mobile, code), 'MobileVerified');
    });

    it('goes on when the first provider rejects: the second one sends nothing, also for the repeated request', async () => {
      await start(SHORT_TIMEOUT_SECONDS);
      const primary = await sentinel.primary();
      const request = { mobile: freshMobile(), ...(await api().readCaptcha()) };
      gateway.answer = async (response, gatewayRequest) => {
        await primary.kill();
        FAULT_OF_ACCOUNT(response, gatewayRequest);
      };
      expectType(await api().requestSmsCode(request), 'ServiceUnavailableError');
      expect(sent()).toEqual([1, 0]);

      await sentinel.waitForFailover(primary);
      gateway.answer = success;
      await eventually(
        async () => (await api().imageCaptcha()).__typename === 'ImageCaptcha',
        FAILOVER_LIMIT_MS,
      );
      expect((await api().requestSmsCode(request)).__typename).not.toBe('SmsCodeSent');
      expect(sent()).toEqual([1, 0]);

      // A new primary rejects writes until a replica follows it. Then a request with a new captcha gets its SMS.
      // The limits of the first request were not released while Redis was away, so the cooldown may have to end first.
      await eventually(async () => {
        const outcome = await api()
          .requestWithCaptcha(request.mobile)
          .catch(() => undefined);
        return outcome?.__typename === 'SmsCodeSent';
      }, FAILOVER_LIMIT_MS);
      expect(gateway.requests.length + webhook.requests.length).toBe(2);
    });
  });
});
