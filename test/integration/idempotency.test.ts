// The same request for a text again: by a double click, by a page that mounts twice, after a reply that got lost.

import { createSecretKey } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { idempotencyKey } from '../../src/common/redis/keys.ts';
import { SmsCodePurpose } from '../../src/verification/verification.schema.ts';
import { countTypes, expectType, freshMobile, type Outcome, type SmsCodeRequest } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { counted, dump } from '../support/keyspace.ts';
import { UNAVAILABLE, zh } from '../support/outages.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import {
  createTestDatabase,
  redisClient,
  startSomeRedis,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';
import { type Answer, refusal, reset, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';

const hash = createKeyedHash(createSecretKey(Buffer.from('a secret of the tests, 32 bytes and more')));
const CAPTCHA_LIFE_MS = 180_000;

function keyOf({ mobile, captchaId, captchaAnswer, purpose = 'REGISTER' }: SmsCodeRequest): string {
  const request = { captchaId, captchaAnswer, purpose: SmsCodePurpose[purpose] };
  return idempotencyKey(hash, { ...request, mobile: parseMobile(mobile) as Mobile });
}

/** A gateway that keeps its answer until it is told. */
function busyGateway(): { answer: Answer; answerNow: () => void } {
  const waiting: ServerResponse[] = [];
  let isBusy = true;
  const answer: Answer = (response, request) =>
    isBusy ? waiting.push(response) : success(response, request);
  const answerNow = () => {
    isBusy = false;
    for (const response of waiting.splice(0)) success(response, {} as never);
  };
  return { answer, answerNow };
}

describe('the same request for a text', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    app.gateway.answer = success;
    app.gateway.requests.length = 0;
  });

  async function newRequest(fields: Partial<SmsCodeRequest> = {}): Promise<SmsCodeRequest> {
    return { mobile: freshMobile(), ...(await app.api.readCaptcha()), ...fields };
  }

  it('50 times at once sends one text and is answered 50 times alike', async () => {
    app.gateway.answer = (response, request) => setTimeout(() => success(response, request), 150);
    const request = await newRequest();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.requestSmsCode(request)));
    expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 50 });
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(app.gateway.requests).toHaveLength(1);
    expectType(await app.api.verifySmsCode(request.mobile, app.gateway.lastCode), 'MobileVerified');
  });

  it('is the same however mobile and answer are typed', async () => {
    const request = await newRequest();
    const first = expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    const { mobile, captchaAnswer } = request;
    const typed = { mobile: `+86 ${mobile}`, captchaAnswer: ` ${captchaAnswer.toLowerCase()} ` };
    expect(await app.api.requestSmsCode({ ...request, ...typed, purpose: 'REGISTER' })).toEqual(first);
    expect(app.gateway.requests).toHaveLength(1);
  });

  const refusals: [string, () => Promise<SmsCodeRequest>, Outcome][] = [
    [
      'wrong captcha',
      () => newRequest({ captchaAnswer: '----' }),
      { __typename: 'CaptchaMismatchError', message: '图片验证码错误' },
    ],
    [
      'unknown captcha',
      () => newRequest({ captchaId: 'nobody-has-this' }),
      { __typename: 'CaptchaExpiredError', message: '验证码失效' },
    ],
    [
      'mobile that is registered',
      async () => {
        const request = await newRequest();
        await registerMobile(app, request.mobile);
        return request;
      },
      { __typename: 'MobileAlreadyRegisteredError', message: '手机号已注册' },
    ],
    [
      'mobile that is not registered',
      () => newRequest({ purpose: 'LOGIN' }),
      { __typename: 'MobileNotRegisteredError', message: '手机号未注册' },
    ],
    [
      'mobile that just got a text',
      async () => {
        const mobile = freshMobile();
        await app.api.requestWithCaptcha(mobile);
        return newRequest({ mobile });
      },
      {
        __typename: 'TooManyRequestsError',
        message: '请求过于频繁',
        scope: 'MOBILE',
        retryAfterSeconds: expect.any(Number),
      },
    ],
    [
      'text that the gateway refused',
      () => {
        app.gateway.answer = refusal('160042');
        return newRequest();
      },
      {
        __typename: 'SmsSendFailedError',
        message: '发送失败',
        mayStillArrive: false,
        retryAfterSeconds: 10,
      },
    ],
    [
      'text that nobody knows of',
      () => {
        app.gateway.answer = reset;
        return newRequest();
      },
      {
        __typename: 'SmsSendFailedError',
        message: '验证码发送异常',
        mayStillArrive: true,
        retryAfterSeconds: 60,
      },
    ],
  ];

  it.each(refusals)(
    'gets the first answer again for a %s, in its own language, and nothing happens',
    async (_what, prepare, refused) => {
      const request = await prepare();
      const first = await app.api.requestSmsCode(request);
      expect(first.__typename).toBe(refused.__typename);
      const before = await counted(app.redis);
      app.gateway.requests.length = app.log.length = 0;
      app.gateway.answer = success;

      const repeat = await app.api.requestSmsCode(request, zh);
      expect(repeat).toEqual(refused);
      expect({ ...repeat, message: first.message }).toEqual(first);
      expect(app.gateway.requests).toHaveLength(0);
      expect(await counted(app.redis)).toEqual(before);
      expect(app.log.map((line) => JSON.parse(line).event).filter(Boolean)).toEqual([]);
    },
  );

  it('waits while the gateway is busy with the first, also if the first caller has left', async () => {
    const gateway = busyGateway();
    app.gateway.answer = gateway.answer;
    const request = await newRequest();
    const caller = new AbortController();
    const left = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }',
        variables: { i: request },
      }),
      signal: caller.signal,
    });
    await eventually(async () => app.gateway.requests.length === 1);
    caller.abort();
    await expect(left).rejects.toThrow('aborted');

    let answered = false;
    const repeat = app.api.requestSmsCode(request).finally(() => {
      answered = true;
    });
    await app.api.readCaptcha();
    expect(answered).toBe(false);
    gateway.answerNow();
    expectType(await repeat, 'SmsCodeSent');
    expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('with another answer, mobile or purpose is another request, and meets a spent captcha', async () => {
    const request = await newRequest();
    const first = expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    await registerMobile(app, request.mobile);
    for (const other of [
      { captchaAnswer: 'XXXX' },
      { mobile: freshMobile() },
      { purpose: 'LOGIN' },
    ] as const) {
      expectType(await app.api.requestSmsCode({ ...request, ...other }), 'CaptchaExpiredError');
    }
    expect(await app.api.requestSmsCode(request)).toEqual(first);
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('cannot try a captcha twice: the right characters after wrong ones meet a spent captcha', async () => {
    const request = await newRequest();
    expectType(await app.api.requestSmsCode({ ...request, captchaAnswer: '----' }), 'CaptchaMismatchError');
    expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it('is told within its time that the first died, sends nothing, and meets a spent captcha after that', async () => {
    const request = await newRequest();
    await app.redis.del(`captcha:${request.captchaId}`);
    // The first was claimed nearly so long ago as a request can take: 0.5 s for the gateway, 3 for all else.
    await app.redis.set(keyOf(request), 'pending of a process that died', 'PX', CAPTCHA_LIFE_MS - 3300);
    const startedMs = performance.now();
    expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
    await app.redis.pexpire(keyOf(request), 1);
    await eventually(async () => (await app.redis.exists(keyOf(request))) === 0);
    expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it.each([
    ['two seconds', 2100],
    ['a minute', 60_000],
  ])(
    'sends its one text if the first died %s ago with the captcha unspent, and counts no second time',
    async (_time, agoMs) => {
      const request = await newRequest();
      const before = await counted(app.redis);
      await app.redis.set(keyOf(request), 'pending of a process that died', 'PX', CAPTCHA_LIFE_MS - agoMs);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => app.api.requestSmsCode(request)));
      expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 20 });
      expect(app.gateway.requests).toHaveLength(1);
      expect((await counted(app.redis))['allowance:sms']).toBe(before['allowance:sms']);
    },
  );

  it('leaves no mobile, not even masked, no code and no answer of a captcha in Redis', async () => {
    const request = await newRequest();
    await app.api.requestSmsCode(request);
    const value = () => app.redis.get(keyOf(request));
    await eventually(async () => (await value())?.includes('SmsCodeSent') === true);
    const { mobile, captchaId, captchaAnswer } = request;
    for (const secret of [mobile.slice(-8), mobile.slice(-4), '****', app.gateway.lastCode])
      expect(await value()).not.toContain(secret);
    const everything = await dump(app.redis);
    for (const secret of [mobile.slice(-8), '****', captchaId, captchaAnswer])
      expect(everything).not.toContain(secret);
    expect(await app.redis.pttl(keyOf(request))).toBeGreaterThan(0);
  });
});

describe('the same request for a text, for its address', () => {
  it('counts once, and not at all while there is no room: its captcha stays good', async () => {
    const app = await startTestApp({
      settings: { SMS_PER_ADDRESS_PER_HOUR: '1', TRUSTED_PROXIES: '127.0.0.1' },
    });
    try {
      const from = (address: string) => ({ 'x-forwarded-for': address });
      const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      const repeats = Array.from({ length: 50 }, () => app.api.requestSmsCode(request, from('203.0.113.1')));
      expect(countTypes(await Promise.all(repeats))).toEqual({ SmsCodeSent: 50 });

      const next = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      for (let tries = 0; tries < 2; tries += 1) {
        const refused = await app.api.requestSmsCode(next, from('203.0.113.1'));
        expect(refused).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
      }
      expect(await app.redis.get(`captcha:${next.captchaId}`)).toBe(next.captchaAnswer);
      expectType(await app.api.requestSmsCode(next, from('203.0.113.2')), 'SmsCodeSent');
      expectType(await app.api.requestSmsCode(next, from('203.0.113.1')), 'SmsCodeSent');
      expect(app.gateway.requests).toHaveLength(2);
    } finally {
      await app.stop();
    }
  });
});

describe("the same request for a text, after its captcha's life", () => {
  it('is a new one, whose captcha has expired', async () => {
    const app = await startTestApp({ settings: { IMAGE_CAPTCHA_TTL_SECONDS: '1' } });
    try {
      const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
      await eventually(async () => (await app.redis.exists(keyOf(request))) === 0);
      expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
      expect(app.gateway.requests).toHaveLength(1);
    } finally {
      await app.stop();
    }
  });
});

describe('the first answer', () => {
  it('is kept although the service stops meanwhile', async () => {
    const server = await startSomeRedis();
    const redis = redisClient(server.url);
    try {
      const app = await startTestApp({ redis: server });
      const gateway = busyGateway();
      app.gateway.answer = gateway.answer;
      const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      const outcome = app.api.requestSmsCode(request);
      await eventually(async () => app.gateway.requests.length === 1);
      const stopped = app.stop();
      setImmediate(gateway.answerNow);
      expectType(await outcome, 'SmsCodeSent');
      await stopped;
      expect(await redis.get(keyOf(request))).toContain('SmsCodeSent');
    } finally {
      await redis.quit();
      await server.stop();
    }
  });
});

describeWithPostgres('the same request for a text that met an outage', () => {
  it('is answered alike for the seconds that the answer names, and meets a spent captcha after that', async () => {
    const postgres = await TcpProxy.start(String(await createTestDatabase()));
    const app = await startTestApp({ databaseUrl: postgres.url });
    try {
      const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      postgres.resetConnections();
      expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
      await postgres.restore();
      expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
      const lifeMs = await app.redis.pttl(keyOf(request));
      expect(lifeMs).toBeGreaterThan(0);
      expect(lifeMs).toBeLessThanOrEqual(UNAVAILABLE.retryAfterSeconds * 1000);

      await app.redis.pexpire(keyOf(request), 1);
      await eventually(async () => (await app.redis.exists(keyOf(request))) === 0);
      expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
      expect(app.gateway.requests).toHaveLength(0);
    } finally {
      await app.stop();
      await postgres.stop();
    }
  });
});
