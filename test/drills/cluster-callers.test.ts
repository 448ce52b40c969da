// The service on a Redis Cluster of three masters: callers whose keys lie on different nodes do not disturb each other.

import { expect, it } from '@jest/globals';
import { countTypes, freshMobile, type Headers, type Outcome } from '../support/api.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { describeWithRedis } from '../support/suites.ts';
import { withTestApp } from '../support/test-app.ts';

const CALLERS = 200;

interface Caller {
  readonly mobile: string;
  readonly headers: Headers;
}

describeWithRedis('200 callers of different addresses at once on a Redis Cluster', () => {
  const app = withTestApp(async (onStop) => {
    const redis = await startRedisCluster();
    onStop(() => redis.stop());
    return { redis, settings: { TRUSTED_PROXIES: '127.0.0.1' } };
  });

  const callers = Array.from(
    { length: CALLERS },
    (_, index): Caller => ({
      mobile: freshMobile(),
      headers: { 'x-forwarded-for': `203.0.113.${index}` },
    }),
  );

  /** Fails unless each caller gets that type. */
  const all = async (type: string, call: (caller: Caller, index: number) => Promise<Outcome>) => {
    const outcomes = await Promise.all(callers.map(call));
    expect(countTypes(outcomes)).toEqual({ [type]: CALLERS });
    return outcomes;
  };

  it('get a captcha, an SMS, a verified mobile and a user', async () => {
    const { api, redis, gateway } = app;
    const captchas = await all('ImageCaptcha', ({ headers }) => api.imageCaptcha(headers));
    const answers = await Promise.all(captchas.map(({ id }) => redis.get(captchaKey(id))));

    await all('SmsCodeSent', ({ mobile, headers }, index) => {
      const captcha = { captchaId: String(captchas[index]?.id), captchaAnswer: String(answers[index]) };
      return api.requestSmsCode({ mobile, ...captcha }, headers);
    });
    const codes = new Map(gateway.requests.map(({ to, code }) => [to, code]));

    const verified = await all('MobileVerified', ({ mobile, headers }) =>
      api.verifySmsCode(mobile, String(codes.get(mobile)), 'REGISTER', headers),
    );
    await all('UserRegistered', ({ headers }, index) =>
      api.registerUser(verified[index]?.verificationToken, headers),
    );
    expect(gateway.requests).toHaveLength(CALLERS);
  });
});
