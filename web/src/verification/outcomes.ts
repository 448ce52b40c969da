// What each operation can end in: a member of its union, or no answer at all.

import type {
  ImageCaptchaQuery,
  RegisterUserMutation,
  RequestSmsCodeMutation,
  VerifySmsCodeMutation,
} from './generated/graphql';

/**
 * Nothing came back in time that is an answer: no network, a service that is down, a fault of the service. Whether it
 * did what it was asked is not known. Asking for a text can be repeated just so: the service sends one for the same
 * captcha, mobile and purpose, and gives its first answer again.
 */
export interface NoResponse {
  readonly __typename: 'NoResponse';
}

export type ImageCaptchaOutcome = ImageCaptchaQuery['imageCaptcha'] | NoResponse;
export type RequestSmsCodeOutcome = RequestSmsCodeMutation['requestSmsCode'] | NoResponse;
export type VerifySmsCodeOutcome = VerifySmsCodeMutation['verifySmsCode'] | NoResponse;
export type RegisterUserOutcome = RegisterUserMutation['registerUser'] | NoResponse;

/**
 * Ends a `switch` over `__typename`: a member that no case names does not compile. A page that was deployed before the
 * service learnt that member gets here at run time, and still has the service's sentence.
 *
 * @returns the member's `message`, or the empty string if it has none.
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
