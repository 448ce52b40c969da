// The stored form of every response of `requestSmsCode`.

import { describe, expect, it } from '@jest/globals';
import { CaptchaExpiredError, CaptchaMismatchError } from '../../src/captcha/captcha.schema.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { ServiceUnavailableError } from '../../src/errors/service-unavailable.ts';
import { UserError } from '../../src/errors/user-error.ts';
import { RateLimitScope } from '../../src/rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../src/users/user.schema.ts';
import {
  type RequestSmsCodeResponse,
  requestSmsCodeResponses,
  SmsCodeSent,
  SmsSendFailedError,
} from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import {
  deserializeResponse,
  serializeResponse,
} from '../../src/verification/request-sms-code/stored-response.schema.ts';
import { IncompleteInputError, InvalidMobileError } from '../../src/verification/verification.schema.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const mobile = parseMobile('13800138000') as Mobile;

const sent = new SmsCodeSent({
  mobile: '138****8000',
  codeLength: 6,
  expiresInSeconds: 299,
  resendAfterSeconds: 60,
});

/** One of each, in the order of the union. */
const responses: RequestSmsCodeResponse[] = [
  sent,
  new IncompleteInputError(['mobile', 'captchaAnswer']),
  new InvalidMobileError(),
  new CaptchaExpiredError(),
  new CaptchaMismatchError(),
  new MobileAlreadyRegisteredError(),
  new MobileNotRegisteredError(),
  new TooManyRequestsError({ scope: RateLimitScope.SERVICE, retryAfterSeconds: 41_500 }),
  new SmsSendFailedError({ mayStillArrive: false, retryAfterSeconds: 10 }),
  new ServiceUnavailableError(),
];

describe('a stored response', () => {
  it('is tested here for every member of the union', () => {
    expect(responses.map((response) => response.constructor)).toEqual([...requestSmsCodeResponses]);
  });

  it.each(responses.map((response) => [response.constructor.name, response] as const))(
    'of type %s is restored with its class, its fields and its message in every language',
    (_name, response) => {
      const restored = deserializeResponse(serializeResponse(response, NOW_MS), mobile, NOW_MS + 999);
      expect(restored).toStrictEqual(response);
      expect(restored.constructor).toBe(response.constructor);
      if (!(response instanceof UserError)) return;
      for (const locale of ['zh-CN', 'en'] as const) {
        const context = { requestId: 'id', clientAddress: '203.0.113.1', locale };
        expect((restored as UserError).message(context)).toBe(response.message(context));
      }
    },
  );

  it.each([
    [20, { expiresInSeconds: 279, resendAfterSeconds: 40 }],
    [90, { expiresInSeconds: 209, resendAfterSeconds: 1 }],
    [-5, { expiresInSeconds: 299, resendAfterSeconds: 60 }], // by the clock of another process
  ])('has its seconds reduced when it is restored after %i s', (seconds, remaining) => {
    const stored = serializeResponse(sent, NOW_MS);
    expect(deserializeResponse(stored, mobile, NOW_MS + seconds * 1000)).toMatchObject(remaining);
  });

  it('contains no mobile, not even a masked one', () => {
    expect(serializeResponse(sent, NOW_MS)).toBe(
      `{"type":"SmsCodeSent","fields":{"codeLength":6,"expiresInSeconds":299,"resendAfterSeconds":60},"storedAtMs":${NOW_MS}}`,
    );
  });

  it('becomes ServiceUnavailableError if only another version of the service knows its type', () => {
    expect(deserializeResponse('{"type":"FutureError","fields":{}}', mobile, NOW_MS)).toEqual(
      new ServiceUnavailableError(),
    );
  });
});
