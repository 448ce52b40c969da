// The outcomes of each operation: a member of its union, or no response.

import type {
  ImageCaptchaQuery,
  ProofOfWorkCaptchaQuery,
  RegisterUserMutation,
  RequestSmsCodeMutation,
  SmsDeliveryQuery,
  VerifySmsCodeMutation,
} from './generated/operations.ts';

/**
 * The service did not respond in time, or its response is unusable: there is no network, the service is down, or it had
 * an internal error. The operation may have succeeded. It is safe to repeat `requestSmsCode` with the same input: the
 * service sends one SMS per captcha, mobile and purpose, and replays the stored response.
 */
export interface NoResponse {
  readonly __typename: 'NoResponse';
}

export type ImageCaptchaOutcome = ImageCaptchaQuery['imageCaptcha'] | NoResponse;
export type ProofOfWorkCaptchaOutcome = ProofOfWorkCaptchaQuery['proofOfWorkCaptcha'] | NoResponse;
export type RequestSmsCodeOutcome = RequestSmsCodeMutation['requestSmsCode'] | NoResponse;
export type SmsDeliveryOutcome = SmsDeliveryQuery['smsDelivery'] | NoResponse;
export type VerifySmsCodeOutcome = VerifySmsCodeMutation['verifySmsCode'] | NoResponse;
export type RegisterUserOutcome = RegisterUserMutation['registerUser'] | NoResponse;

/**
 * Whether the captcha of a request cannot be used again: show a new one then. After `NoResponse` it is `false`, because the same
 * request has to be repeated with the same captcha.
 *
 * @example
 * const outcome = await requestSmsCode(input);
 * if (isCaptchaSpent(outcome)) captcha.renew();
 */
export function isCaptchaSpent(outcome: RequestSmsCodeOutcome): boolean {
  switch (outcome.__typename) {
    case 'IncompleteInputError':
    case 'InvalidMobileError':
    case 'NoResponse':
      return false;
    case 'TooManyRequestsError':
      return outcome.scope !== 'ADDRESS';
    case 'SmsCodeSent':
    case 'CaptchaExpiredError':
    case 'CaptchaMismatchError':
    case 'MobileAlreadyRegisteredError':
    case 'MobileNotRegisteredError':
    case 'SmsSendFailedError':
    case 'ServiceUnavailableError':
      return true;
    default:
      // A type that the service has gained: a captcha too many does no harm.
      assertNever(outcome);
      return true;
  }
}

/**
 * Makes a `switch` over `__typename` exhaustive: it does not compile if a case is missing. At run time, it receives the
 * members that the service gained after the page was deployed.
 *
 * @returns the `message` of the member, or the empty string if it has none.
 * @example
 * switch (outcome.__typename) {
 *   case 'UserRegistered': return welcome(outcome.user);
 *   // … every other member …
 *   default: return show(assertNever(outcome));
 * }
 */
export function assertNever(outcome: never): string {
  const { message } = outcome as { message?: unknown };
  return typeof message === 'string' ? message : '';
}
