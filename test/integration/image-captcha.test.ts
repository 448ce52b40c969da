// imageCaptcha over HTTP.

import { describe, expect, it } from '@jest/globals';
import { CAPTCHA_ALPHABET } from '../../src/captcha/captcha-text.ts';
import { countTypes, expectType, zh } from '../support/api.ts';
import { logText } from '../support/audit-log.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { withTestApp } from '../support/test-app.ts';

describe('imageCaptcha', () => {
  const app = withTestApp({
    settings: {
      CAPTCHA_PER_ADDRESS_PER_MINUTE: '30',
      TRUSTED_PROXIES: '127.0.0.0/8',
      IMAGE_CAPTCHA_TTL_SECONDS: '77',
    },
  });

  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('returns a PNG of the stated size, with an id and a lifetime', async () => {
    const captcha = expectType(await app.api.imageCaptcha(from('198.51.100.1')), 'ImageCaptcha');
    expect(captcha).toMatchObject({ id: expect.stringMatching(/^[\w-]{22}$/), expiresInSeconds: 77 });
    const [scheme, base64 = ''] = String(captcha.image).split(',');
    expect(scheme).toBe('data:image/png;base64');
    const png = Buffer.from(base64, 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([captcha.width, captcha.height]);
  });

  it('stores the answer, four characters that cannot be confused, in Redis only and until it expires', async () => {
    const captcha = await app.api.imageCaptcha(from('198.51.100.2'));
    const answer = String(await app.redis.get(captchaKey(captcha.id)));
    expect(answer).toMatch(new RegExp(`^[${CAPTCHA_ALPHABET}]{4}$`));
    expect(await app.redis.ttl(captchaKey(captcha.id))).toBeGreaterThanOrEqual(76);
    expect(logText(app)).toContain('captcha_issued');
    expect(logText(app)).not.toContain(answer);
  });

  it('is never cached', async () => {
    const response = await app.api.post({ query: '{ imageCaptcha { __typename } }' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('exceeds the rate limit of an address with the 31st request in a minute, also with 40 at once', async () => {
    const requests = Array.from({ length: 40 }, () => app.api.imageCaptcha(from('198.51.100.3')));
    const outcomes = await Promise.all(requests);
    expect(countTypes(outcomes)).toEqual({ ImageCaptcha: 30, TooManyRequestsError: 10 });
    const exceeded = await app.api.imageCaptcha({ ...from('198.51.100.3'), ...zh });
    expect(exceeded).toMatchObject({ scope: 'ADDRESS', message: '请求过于频繁' });
    expect(exceeded.retryAfterSeconds).toBeGreaterThan(50);
    expectType(await app.api.imageCaptcha(from('198.51.100.4')), 'ImageCaptcha');
  });
});
