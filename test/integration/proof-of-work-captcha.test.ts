// The captcha that a device solves. The solver is written from the description in the schema, with WebCrypto as a browser has it.

import { describe, expect, it } from '@jest/globals';
import { largestCounterFor } from '../../src/captcha/proof-of-work.ts';
import { expectType, freshMobile, type Outcome } from '../support/api.ts';
import { events, logText } from '../support/audit-log.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { type TestApp, usingTestApp, withTestApp } from '../support/test-app.ts';
import { plantCaptcha } from '../support/verification.ts';

const QUERY =
  '{ proofOfWorkCaptcha { __typename ... on ProofOfWorkCaptcha { id salt iterations prefix largestCounter expiresInSeconds } ' +
  '... on TooManyRequestsError { scope retryAfterSeconds } ... on ServiceUnavailableError { message retryAfterSeconds } } }';

async function issue(app: TestApp): Promise<Outcome> {
  return (await app.api.ask(QUERY, {})).proofOfWorkCaptcha as Outcome;
}

async function solve(captcha: Outcome): Promise<{ counter: number; answer: string }> {
  const password = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(String(captcha.id)),
    'PBKDF2',
    false,
    ['deriveBits'],
  );
  const salt = Buffer.from(String(captcha.salt), 'base64url');
  const salted = new Uint8Array(salt.length + 4);
  salted.set(salt);
  for (let counter = 0; counter <= Number(captcha.largestCounter); counter += 1) {
    new DataView(salted.buffer).setUint32(salt.length, counter);
    const parameters = {
      name: 'PBKDF2',
      hash: 'SHA-256',
      salt: salted,
      iterations: Number(captcha.iterations),
    };
    const key = Buffer.from(await crypto.subtle.deriveBits(parameters, password, 192)).toString('hex');
    if (key.startsWith(String(captcha.prefix))) return { counter, answer: key.slice(16) };
  }
  throw new Error('no counter fits');
}

describe('proofOfWorkCaptcha', () => {
  const app = withTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });

  it('is solved by trying counters, and its answer requests an SMS once', async () => {
    const captcha = expectType(await issue(app), 'ProofOfWorkCaptcha');
    expect(captcha).toMatchObject({ iterations: 1000, largestCounter: 4000, expiresInSeconds: 180 });
    expect([captcha.id, captcha.salt, captcha.prefix]).toEqual([
      expect.stringMatching(/^[\w-]{22}$/),
      expect.stringMatching(/^[\w-]{22}$/),
      expect.stringMatching(/^[0-9a-f]{16}$/),
    ]);
    const { counter, answer } = await solve(captcha);
    expect(counter).toBeGreaterThanOrEqual(2000);
    expect(answer).toMatch(/^[0-9a-f]{32}$/);
    const input = { captchaId: String(captcha.id), captchaAnswer: answer };
    expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...input }), 'SmsCodeSent');
    expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...input }), 'CaptchaExpiredError');
  }, 30_000);

  it('is spent by a wrong answer, also by its own prefix', async () => {
    const captcha = expectType(await issue(app), 'ProofOfWorkCaptcha');
    const answer = String(await app.redis.get(captchaKey(String(captcha.id))));
    const mobile = freshMobile();
    const request = (captchaAnswer: string) =>
      app.api.requestSmsCode({ mobile, captchaId: String(captcha.id), captchaAnswer });
    expectType(await request(String(captcha.prefix)), 'CaptchaMismatchError');
    expectType(await request(answer), 'CaptchaExpiredError');
  });

  it('accepts its answer in upper case and with spaces around it', async () => {
    const captcha = expectType(await issue(app), 'ProofOfWorkCaptcha');
    const answer = String(await app.redis.get(captchaKey(String(captcha.id)))).toUpperCase();
    const input = { captchaId: String(captcha.id), captchaAnswer: ` ${answer} ` };
    expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...input }), 'SmsCodeSent');
  });

  it('keeps the answer out of the log', async () => {
    const captcha = expectType(await issue(app), 'ProofOfWorkCaptcha');
    const answer = String(await app.redis.get(captchaKey(String(captcha.id))));
    await app.api.requestSmsCode({
      mobile: freshMobile(),
      captchaId: String(captcha.id),
      captchaAnswer: answer,
    });
    expect(logText(app)).not.toContain(answer);
    expect(events(app)[0]).toMatchObject({ captcha: 'proof_of_work', largestCounter: 4000 });
  });

  it('is never cached', async () => {
    const response = await app.api.post({ query: QUERY });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('shares the limit of its address with the image', async () => {
    await usingTestApp({ settings: { CAPTCHA_PER_ADDRESS_PER_MINUTE: '2' } }, async (limited) => {
      expectType(await limited.api.imageCaptcha(), 'ImageCaptcha');
      expectType(await issue(limited), 'ProofOfWorkCaptcha');
      expect(await issue(limited)).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
      expect((await limited.api.imageCaptcha()).__typename).toBe('TooManyRequestsError');
    });
  });

  it('becomes harder as the lane of its client fills', async () => {
    await usingTestApp({ settings: { SMS_GUARD_BASE_PER_HOUR: '10' } }, async (guarded) => {
      const counters: unknown[] = [];
      for (let sends = 0; sends <= 10; sends += 1) {
        counters.push((await issue(guarded)).largestCounter);
        await guarded.api.requestSmsCode({ mobile: freshMobile(), ...(await plantCaptcha(guarded)) });
      }
      expect(counters).toEqual([...Array(6).fill(4000), ...Array(3).fill(16_000), ...Array(2).fill(64_000)]);
    });
  });
});

describe('the largest counter', () => {
  it.each([
    [0, 4000],
    [0.5, 4000],
    [0.51, 16_000],
    [0.8, 16_000],
    [0.81, 64_000],
    [2, 64_000],
  ])('at the pressure %s is %s', (pressure, largestCounter) => {
    expect(largestCounterFor(pressure)).toBe(largestCounter);
  });
});
