// imageCaptcha over HTTP.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAPTCHA_ALPHABET } from '../../src/captcha/captcha-text.ts';
import { countTypes, expectType } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('imageCaptcha', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      settings: {
        CAPTCHA_PER_ADDRESS_PER_MINUTE: '30',
        TRUSTED_PROXIES: '127.0.0.0/8',
        IMAGE_CAPTCHA_TTL_SECONDS: '77',
      },
    });
  });
  afterAll(() => app?.stop());

  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('answers with a PNG of the size it says, good for as long as it says', async () => {
    const captcha = expectType(await app.api.imageCaptcha(from('198.51.100.1')), 'ImageCaptcha');
    expect(captcha).toMatchObject({ id: expect.stringMatching(/^[\w-]{22}$/), expiresInSeconds: 77 });
    const [scheme, base64 = ''] = String(captcha.image).split(',');
    expect(scheme).toBe('data:image/png;base64');
    const png = Buffer.from(base64, 'base64');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([captcha.width, captcha.height]);
  });

  it('keeps the answer, four characters without look-alikes, in Redis alone and for its time', async () => {
    const captcha = await app.api.imageCaptcha(from('198.51.100.2'));
    const answer = String(await app.redis.get(`captcha:${captcha.id}`));
    expect(answer).toMatch(new RegExp(`^[${CAPTCHA_ALPHABET}]{4}$`));
    expect(await app.redis.ttl(`captcha:${captcha.id}`)).toBeGreaterThanOrEqual(76);
    expect(app.log.join()).not.toContain(answer);
  });

  it('may be kept by no cache', async () => {
    const response = await app.api.post({ query: '{ imageCaptcha { __typename } }' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is refused to an address after 30 in a minute, to the 31st of a crowd at once', async () => {
    const crowd = Array.from({ length: 40 }, () => app.api.imageCaptcha(from('198.51.100.3')));
    const outcomes = await Promise.all(crowd);
    expect(countTypes(outcomes)).toEqual({ ImageCaptcha: 30, TooManyRequestsError: 10 });
    const refused = await app.api.imageCaptcha({ ...from('198.51.100.3'), 'accept-language': 'zh' });
    expect(refused).toMatchObject({ scope: 'ADDRESS', message: '请求过于频繁' });
    expect(refused.retryAfterSeconds).toBeGreaterThan(50);
    expectType(await app.api.imageCaptcha(from('198.51.100.4')), 'ImageCaptcha');
  });
});
