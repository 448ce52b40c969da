// The README's way to ask without React, as it stands there.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshMobile, type Outcome } from '../support/api.ts';
import { readProjectFile } from '../support/sources.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

interface Functions {
  newCaptcha(): Promise<Outcome>;
  sendCode(input: Record<string, unknown>): Promise<Outcome>;
}

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.stop());

it('gets a captcha and sends a code, or says why not', async () => {
  const { newCaptcha, sendCode } = functionsOfReadme(app.url);
  const mobile = freshMobile();
  const { id } = await newCaptcha();
  const captchaAnswer = await app.redis.get(`captcha:${id}`);
  expect(await sendCode({ mobile, captchaId: id, captchaAnswer })).toEqual({
    __typename: 'SmsCodeSent',
    resendAfterSeconds: 60,
  });
  expect(app.gateway.requests.map(({ to }) => to)).toEqual([mobile]);
  expect(await sendCode({ mobile: freshMobile(), captchaId: id, captchaAnswer })).toEqual({
    __typename: 'CaptchaExpiredError',
    message: expect.stringMatching(/./),
  });
});

function functionsOfReadme(url: string): Functions {
  const section = readProjectFile('README.md').split('## Use it from your page')[1] ?? '';
  const [, code = ''] = /```js\n([^`]*(?:`[^`]+`[^`]*)*?)```/.exec(section) ?? [];
  const here = code.replace('https://verify.example.com', url);
  return new Function(`${here}; return { newCaptcha, sendCode };`)();
}
