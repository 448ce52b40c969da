// From an outcome to what the page says, where, and where the person goes on.

import {
  assertNever,
  type ImageCaptchaOutcome,
  type NoResponse,
  type RegisterUserOutcome,
  type RequestSmsCodeOutcome,
  type VerifySmsCodeOutcome,
} from '../verification/index.ts';
import type { Texts } from './messages.ts';

/** The fields, named as in the operations' inputs, and the form as a whole. */
export type Place = 'mobile' | 'captchaAnswer' | 'code' | 'form';

export interface Feedback {
  /** Where it is said. */
  readonly at: Place;
  readonly message: string;
  /** What stands in the field is not at fault. */
  readonly isFieldFine?: boolean;
  /** What the page adds. */
  readonly hint?: string;
  /** Seconds until another try makes sense, counted down beside the message. */
  readonly waitSeconds?: number;
  /** From when these seconds count: this outcome's coming, however often it is said. */
  readonly since?: object;
  /** Whether the same step can just be tried again. */
  readonly canRetry?: boolean;
  /** Where the next step is, if not where it is said. */
  readonly next?: Place;
}

export function requestFeedback(
  outcome: Exclude<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }>,
  texts: Texts,
): Feedback {
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return { at: placeOf(outcome.missingFields[0]), message: outcome.message };
    case 'InvalidMobileError':
    case 'MobileAlreadyRegisteredError':
    case 'MobileNotRegisteredError':
      return { at: 'mobile', message: outcome.message };
    case 'CaptchaExpiredError':
    case 'CaptchaMismatchError':
      return { at: 'captchaAnswer', message: outcome.message };
    case 'TooManyRequestsError':
      return tooMany(outcome, 'mobile');
    case 'SmsSendFailedError':
      return outcome.mayStillArrive
        ? { at: 'code', isFieldFine: true, message: outcome.message, hint: texts.mayStillArrive }
        : {
            at: 'code',
            isFieldFine: true,
            message: outcome.message,
            hint: texts.tryAgain,
            waitSeconds: outcome.retryAfterSeconds,
            since: outcome,
            next: 'captchaAnswer',
          };
    case 'ServiceUnavailableError':
      return { ...unreached(outcome, texts), next: 'captchaAnswer' };
    case 'NoResponse':
      return unreached(outcome, texts);
    default:
      return { at: 'form', message: assertNever(outcome) || texts.noResponse };
  }
}

export function verifyFeedback(
  outcome: Exclude<VerifySmsCodeOutcome, { __typename: 'MobileVerified' }>,
  texts: Texts,
): Feedback {
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return { at: placeOf(outcome.missingFields[0]), message: outcome.message };
    case 'InvalidMobileError':
      return { at: 'mobile', message: outcome.message };
    case 'SmsCodeExpiredError':
      return {
        at: 'code',
        message: outcome.message,
        hint: texts.attemptsRemaining(0),
        next: 'captchaAnswer',
      };
    case 'SmsCodeMismatchError':
      return {
        at: 'code',
        message: outcome.message,
        hint: texts.attemptsRemaining(outcome.attemptsRemaining),
        ...(outcome.attemptsRemaining === 0 && { next: 'captchaAnswer' }),
      };
    case 'TooManyRequestsError':
      return tooMany(outcome, 'code');
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return unreached(outcome, texts);
    default:
      return { at: 'form', message: assertNever(outcome) || texts.noResponse };
  }
}

export function registerFeedback(
  outcome: Exclude<RegisterUserOutcome, { __typename: 'UserRegistered' }>,
  texts: Texts,
): Feedback {
  switch (outcome.__typename) {
    case 'MobileAlreadyRegisteredError':
      return { at: 'mobile', message: outcome.message };
    case 'InvalidVerificationTokenError':
      return { at: 'form', message: outcome.message };
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return unreached(outcome, texts);
    default:
      return { at: 'form', message: assertNever(outcome) || texts.noResponse };
  }
}

/** `undefined` while there is a picture, or none was refused yet. */
export function pictureFeedback(
  outcome: ImageCaptchaOutcome | undefined,
  texts: Texts,
): Feedback | undefined {
  const [at, isFieldFine] = ['captchaAnswer', true] as const;
  switch (outcome?.__typename) {
    case undefined:
    case 'ImageCaptcha':
      return undefined;
    case 'TooManyRequestsError':
      return { ...tooMany(outcome, at, at), isFieldFine };
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return { at, isFieldFine, message: unreached(outcome, texts).message };
    default:
      return { at, isFieldFine, message: assertNever(outcome) || texts.noResponse };
  }
}

/** Says it only if it is not there. */
export function unlessThere(isThere: boolean, at: Place, message: string): Feedback[] {
  return isThere ? [] : [{ at, message }];
}

function unreached(
  outcome: { __typename: 'ServiceUnavailableError'; message: string } | NoResponse,
  texts: Texts,
): Feedback {
  const message = outcome.__typename === 'NoResponse' ? texts.noResponse : outcome.message;
  return { at: 'form', message, canRetry: true };
}

/** What is about the mobile stands at the field that holds it; the rest is about nobody's field. */
function tooMany(
  outcome: { scope: string; message: string; retryAfterSeconds: number },
  ofMobile: Place,
  ofOthers: Place = 'form',
): Feedback {
  const { scope, message, retryAfterSeconds: waitSeconds } = outcome;
  return { at: scope === 'MOBILE' ? ofMobile : ofOthers, message, waitSeconds, since: outcome };
}

function placeOf(field = ''): Place {
  return field === 'mobile' || field === 'captchaAnswer' || field === 'code' ? field : 'form';
}
