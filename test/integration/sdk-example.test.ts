// The functions of docs/quickstart.md for a page without React, executed as they are printed.

import { expect, it } from '@jest/globals';
import { freshMobile, type Outcome } from '../support/api.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { readProjectFile } from '../support/sources.ts';
import { withTestApp } from '../support/test-app.ts';

interface Functions {
  newCaptcha(): Promise<Outcome>;
  sendCode(input: Record<string, unknown>): Promise<Outcome>;
}

const app = withTestApp();

it('fetch a captcha and send a code, or return why not', async () => {
  const { newCaptcha, sendCode } = functionsOfQuickstart(app.url);
  const mobile = freshMobile();
  const { id } = await newCaptcha();
  const captchaAnswer = await app.redis.get(captchaKey(id));
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

function functionsOfQuickstart(url: string): Functions {
  const [, section = ''] = readProjectFile('docs/quickstart.md').split('### Plain JavaScript');
  const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(section) ?? [];
  const runnable = code.replace('https://verify.example.com', url);
  return new Function(`${runnable}; return { newCaptcha, sendCode };`)();
}
