// The stored form of every response of `requestSmsCode`.

import { describe, expect, it } from '@jest/globals';
import { CaptchaExpiredError, CaptchaMismatchError } from '../../src/captcha/captcha.schema.ts';
import { ServiceUnavailableError } from '../../src/errors/service-unavailable.ts';
import { UserError } from '../../src/errors/user-error.ts';
import { RateLimitScope } from '../../src/rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../src/users/user.schema.ts';
import {
  deserializeResponse,
  type ResponseClass,
  serializeResponse,
} from '../../src/verification/idempotency/stored-response.ts';
import {
  type RequestSmsCodeResponse,
  requestSmsCodeResultTypes,
  SmsCodeSent,
  SmsSendFailedError,
} from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import { IncompleteInputError, InvalidMobileError } from '../../src/verification/verification.schema.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const classes: readonly ResponseClass<RequestSmsCodeResponse>[] = requestSmsCodeResultTypes;

const sent = new SmsCodeSent({
  mobile: '138****8000',
  codeLength: 6,
  expiresInSeconds: 299,
  resendAfterSeconds: 60,
  deliveryId: 'AAAAAAAAAAAAAAAAAAAAAA',
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
    expect(responses.map((response) => response.constructor)).toEqual([...requestSmsCodeResultTypes]);
  });

  it.each(responses.map((response) => [response.constructor.name, response] as const))(
    'of type %s is restored with its class, its fields and its message in every language',
    (_name, response) => {
      const restored = deserializeResponse(serializeResponse(response, NOW_MS), classes, NOW_MS + 999);
      expect(restored).toStrictEqual(response);
      expect(restored?.constructor).toBe(response.constructor);
      if (!(response instanceof UserError)) return;
      for (const locale of ['zh-CN', 'en'] as const) {
        const { signal } = new AbortController();
        const context = { requestId: 'id', clientAddress: '203.0.113.1', locale, disconnected: () => signal };
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
    expect(deserializeResponse(stored, classes, NOW_MS + seconds * 1000)).toMatchObject(remaining);
  });

  it('contains no omitted field', () => {
    expect(serializeResponse(sent, NOW_MS, ['mobile'])).toBe(
      `{"type":"SmsCodeSent","fields":{"codeLength":6,"expiresInSeconds":299,"resendAfterSeconds":60,"deliveryId":"AAAAAAAAAAAAAAAAAAAAAA"},"storedAtMs":${NOW_MS}}`,
    );
  });

  it('is undefined if only another version of the service knows its type', () => {
    const stored = `{"type":"FutureError","fields":{},"storedAtMs":${NOW_MS}}`;
    expect(deserializeResponse(stored, classes, NOW_MS)).toBeUndefined();
  });
});
