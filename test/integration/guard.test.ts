// The guard against SMS pumping, through the API: what it rejects, what pays back, and what each mode does.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Outcome } from '../support/api.ts';
import { events } from '../support/audit-log.ts';
import { metric } from '../support/health.ts';
import { countEntries, keyspace } from '../support/keyspace.ts';
import { REQUEST_COUNTS } from '../support/outages.ts';
import { type TestApp, usingTestApp, withTestApp } from '../support/test-app.ts';
import { rejection, silence, success } from '../support/test-gateway.ts';
import { plantCaptcha } from '../support/verification.ts';

const ENFORCE = { SMS_GUARD: 'enforce', SMS_GUARD_BASE_PER_HOUR: '3', SMS_RESEND_GAP_SECONDS: '0' };
/** With settings of its own, a test has a service and a Redis of its own. */
const using = (settings: Record<string, string>, use: (app: TestApp) => Promise<void>) =>
  usingTestApp({ settings: { TRUSTED_PROXIES: '127.0.0.1', ...settings } }, use);

const from = (address: string) => ({ 'x-forwarded-for': address });
const HOME = '203.0.113.7';
const STRANGE = '198.51.100.1';

async function request(app: TestApp, mobile = freshMobile(), address = HOME): Promise<Outcome> {
  return app.api.requestSmsCode({ mobile, ...(await plantCaptcha(app)) }, from(address));
}

async function prove(app: TestApp, mobile = freshMobile(), address = HOME): Promise<void> {
  expectType(await request(app, mobile, address), 'SmsCodeSent');
  const verified = await app.api.verifySmsCode(mobile, app.gateway.lastCode, undefined, from(address));
  expectType(verified, 'MobileVerified');
}

async function fill(app: TestApp, address = HOME): Promise<number> {
  for (let sent = 0; ; sent += 1)
    if ((await request(app, freshMobile(), address)).__typename !== 'SmsCodeSent') return sent;
}

describe('the guard', () => {
  const app = withTestApp({ settings: { TRUSTED_PROXIES: '127.0.0.1', ...ENFORCE } });
  // The lanes are empty at the start of each test.
  beforeEach(() => app.redis.flushall());

  it('rejects an SMS above the line: nothing is sent, and what was reserved for its mobile is released', async () => {
    expect(await fill(app)).toBe(3);
    await app.redis.del(...(await keyspace(app.redis)).filter((key) => !key.includes('{g:')));
    app.gateway.requests.length = 0;
    const rejected = await request(app);
    expect(rejected).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'SERVICE' });
    expect(rejected.retryAfterSeconds).toBeGreaterThan(3500);
    expect(rejected.retryAfterSeconds).toBeLessThanOrEqual(3661);
    expect(app.gateway.requests).toHaveLength(0);
    expect(await countEntries(app.redis)).toEqual(REQUEST_COUNTS);
    expect(events(app).at(-1)).toMatchObject({
      event: 'rate_limit_exceeded',
      rule: 'guard',
      level: 'warn',
      scope: 'SERVICE',
    });
  });

  it('lets exactly the line of 500 requests at once pass', async () => {
    await using({ ...ENFORCE, SMS_GUARD_BASE_PER_HOUR: '20' }, async (app) => {
      const outcomes = await Promise.all(Array.from({ length: 500 }, () => request(app)));
      const sent = outcomes.filter(({ __typename }) => __typename === 'SmsCodeSent');
      // On a busy machine, 500 at once may exceed the time budget of a request.
      const unavailable = outcomes.filter(({ __typename }) => __typename === 'ServiceUnavailableError');
      expect(app.gateway.requests.length).toBeLessThanOrEqual(20);
      if (unavailable.length === 0) expect(sent).toHaveLength(20);
      expect(await fill(app)).toBe(20 - sent.length);
    });
  }, 30_000);

  it('a verified code pays back all of its SMS', async () => {
    const mobile = freshMobile();
    await request(app, mobile);
    await request(app, mobile);
    await prove(app, mobile);
    // The base, and half an SMS for the proof: one more while fewer than 3.5 are open.
    expect(await fill(app, STRANGE)).toBe(4);
  });

  it('a mobile raises the line once a day, however often it is verified', async () => {
    await using({ ...ENFORCE, SMS_GUARD_PER_PROOF: '1' }, async (app) => {
      const mobile = freshMobile();
      for (let proof = 0; proof < 5; proof += 1) await prove(app, mobile);
      expect(await fill(app, STRANGE)).toBe(4);
    });
  });

  it('an SMS that was certainly not sent is not open, one that may have been sent is', async () => {
    await using({ ...ENFORCE, YUNTONGXUN_TIMEOUT_SECONDS: '2' }, async (app) => {
      app.gateway.answer = rejection('160042');
      for (let tries = 0; tries < 5; tries += 1) expectType(await request(app), 'SmsSendFailedError');
      app.gateway.answer = silence;
      expectType(await request(app), 'SmsSendFailedError');
      app.gateway.answer = success;
      expect(await fill(app)).toBe(2);
    });
  });

  it('an exceeded daily cap leaves no SMS open', async () => {
    await using({ ...ENFORCE, SMS_PER_DAY: '1' }, async (app) => {
      const mobile = freshMobile();
      await prove(app, mobile);
      for (let tries = 0; tries < 5; tries += 1)
        expect((await request(app)).__typename).toBe('TooManyRequestsError');
      expect(await metric(app, 'yanzheng_guard_open_sms{lane="new.unproven",window="hour"}')).toBe(0);
    });
  });

  it('a proved mobile, and a network of three proved mobiles, have lanes of their own', async () => {
    const mobiles = [freshMobile(), freshMobile(), freshMobile()];
    for (const mobile of mobiles) await prove(app, mobile);
    expect(await fill(app, STRANGE)).toBeGreaterThan(0);
    // The attacker has filled the lane of new mobiles in strange networks, and no other.
    expect(await fill(app, '203.0.127.9')).toBe(3);
    for (const mobile of mobiles) expectType(await request(app, mobile, STRANGE), 'SmsCodeSent');
    expect((await request(app, freshMobile(), STRANGE)).__typename).toBe('TooManyRequestsError');
    const lanes = new Set(events(app).flatMap(({ lane }) => lane ?? []));
    expect([...lanes].toSorted()).toEqual(['known.unproven', 'new.proven', 'new.unproven']);
  });

  it('in the mode observe it sends everything, and logs and counts what it would reject', async () => {
    await using({ SMS_GUARD_BASE_PER_HOUR: '3' }, async (app) => {
      for (let sends = 0; sends < 5; sends += 1) expectType(await request(app), 'SmsCodeSent');
      const decisions = events(app).filter(({ event }) => event === 'guard_decision');
      expect(decisions.map(({ decision }) => decision)).toEqual([
        ...Array(3).fill('passed'),
        ...Array(2).fill('rejected'),
      ]);
      expect(decisions.at(-1)).toMatchObject({
        mode: 'observe',
        openHour: 3,
        lineHour: 3,
        openDay: 3,
        lineDay: 60,
      });
      const counted = (decision: string) =>
        metric(
          app,
          `yanzheng_guard_decisions_total{lane="new.unproven",decision="${decision}",mode="observe"}`,
        );
      expect([await counted('passed'), await counted('rejected')]).toEqual([3, 2]);
      expect(await metric(app, 'yanzheng_guard_line{lane="new.unproven",window="day"}')).toBe(60);
      expect(await metric(app, 'yanzheng_guard_unavailable_total')).toBe(0);
    });
  });

  it('off, it asks and stores nothing', async () => {
    await using({ SMS_GUARD: 'off', SMS_GUARD_BASE_PER_HOUR: '1' }, async (app) => {
      for (let sends = 0; sends < 3; sends += 1) await prove(app);
      expect((await keyspace(app.redis)).filter((key) => /\{[gn]:/.test(key))).toEqual([]);
      expect(events(app).filter(({ event }) => event === 'guard_decision')).toEqual([]);
    });
  });

  it('lets the networks of SMS_GUARD_ALLOW pass, and counts them nowhere', async () => {
    await using({ ...ENFORCE, SMS_GUARD_ALLOW: '203.0.113.0/24' }, async (app) => {
      for (let sends = 0; sends < 6; sends += 1) expectType(await request(app), 'SmsCodeSent');
      expect(await fill(app, STRANGE)).toBe(3);
    });
  });

  it('with user-enumeration protection rejects a registered mobile and another one alike', async () => {
    await using({ ...ENFORCE, ENUMERATION: 'conceal' }, async (app) => {
      const registered = freshMobile();
      await prove(app, registered);
      await fill(app, STRANGE);
      const outcomes = [
        await request(app, freshMobile(), STRANGE),
        await request(app, freshMobile(), STRANGE),
      ];
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'SERVICE' });
    });
  });

  it('keeps no mobile and no address in its keys', async () => {
    const mobile = freshMobile();
    await prove(app, mobile);
    const keys = (await keyspace(app.redis)).join('\n');
    expect(keys).toMatch(/\{g:new\.unproven\}/);
    expect(keys).not.toContain(mobile);
    expect(keys).not.toContain('203.0');
  });
});
