// What a verification leaves in Redis and in the log: no code, no token, no mobile in clear text.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventNames, events, logText } from '../support/audit-log.ts';
import { dump } from '../support/keyspace.ts';
import { withTestApp } from '../support/test-app.ts';
import { decodeToken } from '../support/test-tokens.ts';
import { masked, receiveCode, wrongCode } from '../support/verification.ts';

describe('a verification', () => {
  const app = withTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });

  /** The digits, but not as a part of a longer number such as a timestamp. */
  const asNumber = (digits: string) => new RegExp(`(?<!\\d)${digits}(?!\\d)`);
  const signatureOf = (token: unknown) => String(token).split('.')[2] ?? '';

  it('leaves neither a code nor a mobile nor a token in Redis', async () => {
    const mobile = freshMobile();
    const code = await receiveCode(app, mobile);
    await app.api.verifySmsCode(mobile, wrongCode(code));
    const before = await dump(app.redis);
    const verified = expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    expectType(await app.api.registerUser(verified.verificationToken), 'UserRegistered');
    const everything = before + (await dump(app.redis));
    expect(everything).toMatch(/yz:\{r:[\w-]{22}\}:failures:REGISTER:/);
    expect(everything).toContain(`yz:token:${decodeToken(verified.verificationToken).claims.jti}`);
    const signature = signatureOf(verified.verificationToken);
    expect(signature.length).toBeGreaterThan(80);
    for (const secret of [mobile, mobile.slice(3), signature]) expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(asNumber(code));
  });

  it('never logs a code or a token', async () => {
    const mobile = freshMobile();
    const code = await receiveCode(app, mobile);
    const wrong = wrongCode(code);
    expectType(await app.api.verifySmsCode(mobile, wrong), 'SmsCodeMismatchError');
    const verified = expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    const { verificationToken } = verified;
    expectType(await app.api.registerUser(verificationToken), 'UserRegistered');

    expect(eventNames(app)).toEqual([
      'captcha_issued',
      'captcha_redeemed',
      'guard_decision',
      'code_requested',
      'code_sent',
      'verify_failed',
      'verify_ok',
      'user_registered',
    ]);
    for (const line of events(app).slice(2)) expect(line.mobile).toBe(masked(mobile));

    const signature = signatureOf(verificationToken);
    expect(signature.length).toBeGreaterThan(80);
    const leaks = (log: string) =>
      [code, wrong].some((digits) => asNumber(digits).test(log)) ||
      log.includes(signature) ||
      log.includes(mobile);
    const log = logText(app);
    expect(leaks(log)).toBe(false);
    // The check finds each secret in a line of the same log that has it as the value of a field.
    for (const secret of [code, wrong, verificationToken, mobile, `code ${code} for ${mobile}`]) {
      const line = JSON.stringify({ ...events(app)[0], detail: secret });
      expect([secret, leaks(`${log}${line}\n`)]).toEqual([secret, true]);
    }
  });
});
