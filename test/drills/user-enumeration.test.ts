// ENUMERATION=conceal: the responses do not disclose whether a mobile is registered.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Outcome, type Purpose } from '../support/api.ts';
import { eventNames, events } from '../support/audit-log.ts';
import { type TestApp, usingTestApp, withTestApp } from '../support/test-app.ts';
import { type Answer, holdAnswers, rejection, silence, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';
import { masked } from '../support/verification.ts';

/** A mobile that may receive an SMS for the purpose, or one that may not. */
async function mobileFor(app: TestApp, purpose: Purpose, state: 'eligible' | 'ineligible'): Promise<string> {
  const mobile = freshMobile();
  if ((purpose === 'LOGIN') === (state === 'eligible')) await registerMobile(app, mobile);
  return mobile;
}

/** The outcome without what differs between two mobiles, or between two seconds. */
function comparable(mobile: string, { retryAfterSeconds, expiresInSeconds, ...outcome }: Outcome): Outcome {
  return JSON.parse(JSON.stringify(outcome).replaceAll(masked(mobile), 'masked'));
}

describe('with user-enumeration protection', () => {
  const app = withTestApp({ settings: { ENUMERATION: 'conceal', YUNTONGXUN_TIMEOUT_SECONDS: '2' } });

  describe.each<[Purpose]>([['REGISTER'], ['LOGIN']])('for %s', (purpose) => {
    it.each<[string, Answer]>([
      ['accepts every SMS', success],
      ['rejects every SMS', rejection('160042')],
      ['does not answer', silence],
    ])('all responses are the same for both states when the gateway %s', async (_name, answer) => {
      app.gateway.answer = answer;
      const verification = async (state: 'eligible' | 'ineligible') => {
        const mobile = await mobileFor(app, purpose, state);
        const outcomes = [
          await app.api.requestWithCaptcha(mobile, purpose),
          await app.api.requestWithCaptcha(mobile, purpose),
          await app.api.verifySmsCode(mobile, 'wrong', purpose),
          await app.api.verifySmsCode(mobile, 'wrong', purpose),
        ];
        return outcomes.map((outcome) => comparable(mobile, outcome));
      };
      const [eligible, ineligible] = await Promise.all([
        verification('eligible'),
        verification('ineligible'),
      ]);
      expect(eligible.map(({ __typename }) => __typename)).toEqual([
        'SmsCodeSent',
        'TooManyRequestsError',
        'SmsCodeMismatchError',
        'SmsCodeMismatchError',
      ]);
      expect(ineligible).toEqual(eligible);
    });

    it('only an eligible mobile receives an SMS, whose code is valid', async () => {
      const eligible = await mobileFor(app, purpose, 'eligible');
      const ineligible = await mobileFor(app, purpose, 'ineligible');
      const outcomes = await Promise.all(
        [eligible, ineligible].map((mobile) => app.api.requestWithCaptcha(mobile, purpose)),
      );
      for (const outcome of outcomes) expectType(outcome, 'SmsCodeSent');
      expect(app.gateway.requests.map(({ to }) => to)).toEqual([eligible]);
      const verified = await app.api.verifySmsCode(eligible, app.gateway.lastCode, purpose);
      expectType(verified, 'MobileVerified');
    });
  });

  it('a suppressed code is resent as soon as the mobile is eligible', async () => {
    const mobile = await mobileFor(app, 'LOGIN', 'ineligible');
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(0);
    await registerMobile(app, mobile);
    const cooldowns = await app.redis.keys('yz:{r:*}:ratelimit:mobile:*:cooldown');
    expect(cooldowns.length).toBeGreaterThan(0);
    await app.redis.del(...cooldowns);
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'SmsCodeSent');
    expectType(await app.api.verifySmsCode(mobile, app.gateway.lastCode, 'LOGIN'), 'MobileVerified');
  });

  it('a suppressed SMS uses up the daily cap like any other, which does not show which one it was', async () => {
    for (const sides of [
      ['eligible', 'ineligible'],
      ['ineligible', 'eligible'],
    ] as const) {
      await usingTestApp({ settings: { ENUMERATION: 'conceal', SMS_PER_DAY: '2' } }, async (capped) => {
        for (const side of sides) {
          const mobile = await mobileFor(capped, 'REGISTER', side);
          expectType(await capped.api.requestWithCaptcha(mobile), 'SmsCodeSent');
        }
        const exceeded = await capped.api.requestWithCaptcha(freshMobile());
        expect(exceeded).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'SERVICE' });
      });
    }
  });

  it('a shutdown waits for SMS whose callers have their response', async () => {
    await usingTestApp({ settings: { ENUMERATION: 'conceal' } }, async (stopping) => {
      const held = holdAnswers();
      stopping.gateway.answer = held.answer;
      expectType(await stopping.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
      expect(held.waiting).toBe(1);
      const stopped = stopping.stop();
      setImmediate(held.release);
      await stopped;
      expect(eventNames(stopping)).toContain('code_sent');
    });
  });

  it('the log has the event sms_suppressed for the operator', async () => {
    const mobile = await mobileFor(app, 'LOGIN', 'ineligible');
    await app.api.requestWithCaptcha(mobile, 'LOGIN');
    const suppressed = events(app).filter(({ event }) => event === 'sms_suppressed');
    expect(suppressed).toEqual([expect.objectContaining({ mobile: masked(mobile), purpose: 'LOGIN' })]);
  });
});
