// Every answer of requestSmsCode as text and back.

import { expect, it } from '@jest/globals';
import { CaptchaExpiredError, CaptchaMismatchError } from '../../src/captcha/captcha.schema.ts';
import { ServiceUnavailableError } from '../../src/common/dependency.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { UserError } from '../../src/errors/user-error.ts';
import { RateLimitScope, TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../src/users/user.schema.ts';
import {
  type RequestSmsCodeAnswer,
  requestSmsCodeAnswers,
  SmsCodeSent,
  SmsSendFailedError,
} from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import { answerOf, recordOf } from '../../src/verification/request-sms-code/stored-response.ts';
import { IncompleteInputError, InvalidMobileError } from '../../src/verification/verification.schema.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const mobile = parseMobile('13800138000') as Mobile;

/** One of each, in the order of the union. */
const answers: RequestSmsCodeAnswer[] = [
  new SmsCodeSent({
    mobile: '138****8000',
    codeLength: 6,
    expiresInSeconds: 299,
    resendAfterSeconds: 60,
  }),
  new IncompleteInputError(['mobile', 'captchaAnswer']),
  new InvalidMobileError(),
  new CaptchaExpiredError(),
  new CaptchaMismatchError(),
  new MobileAlreadyRegisteredError(),
  new MobileNotRegisteredError(),
  new TooManyRequestsError(RateLimitScope.SERVICE, 41_500),
  new SmsSendFailedError(false, 10),
  new ServiceUnavailableError(),
];

it('every member of the union is tried here', () => {
  expect(answers.map((answer) => answer.constructor)).toEqual([...requestSmsCodeAnswers]);
});

it.each(answers.map((answer) => [answer.constructor.name, answer] as const))(
  '%s comes back as what it was, and speaks every language',
  (_name, answer) => {
    const revived = answerOf(recordOf(answer, NOW_MS), mobile, NOW_MS + 999);
    expect(revived).toStrictEqual(answer);
    expect(revived.constructor).toBe(answer.constructor);
    if (!(answer instanceof UserError)) return;
    for (const locale of ['zh-CN', 'en'] as const) {
      const context = { requestId: 'id', clientAddress: '203.0.113.1', locale };
      expect((revived as UserError).message(context)).toBe(answer.message(context));
    }
  },
);

it.each([
  [20, { expiresInSeconds: 279, resendAfterSeconds: 40 }],
  [90, { expiresInSeconds: 209, resendAfterSeconds: 1 }],
  [-5, { expiresInSeconds: 299, resendAfterSeconds: 60 }], // by the clock of another process
])('%i seconds later it says how many are left', (seconds, left) => {
  const record = recordOf(answers[0] as SmsCodeSent, NOW_MS);
  expect(answerOf(record, mobile, NOW_MS + seconds * 1000)).toMatchObject(left);
});

it('the text holds nothing of a mobile', () => {
  expect(recordOf(answers[0] as SmsCodeSent, NOW_MS)).toBe(
    `{"type":"SmsCodeSent","fields":{"codeLength":6,"expiresInSeconds":299,"resendAfterSeconds":60},"atMs":${NOW_MS}}`,
  );
});

it('an answer that only another version of the service knows is as good as none', () => {
  expect(answerOf('{"type":"FutureError","fields":{}}', mobile, NOW_MS)).toEqual(
    new ServiceUnavailableError(),
  );
});
