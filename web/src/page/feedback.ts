// Turns the outcome of an operation into feedback: the message, where it appears, and which field comes next.

import {
  assertNever,
  type ImageCaptchaOutcome,
  type NoResponse,
  type ProofOfWorkError,
  type RegisterUserOutcome,
  type RequestSmsCodeOutcome,
  type VerifySmsCodeOutcome,
} from '../verification/index.ts';
import { mobileProblem } from './input.ts';
import type { Messages } from './messages.ts';

/** The fields have the names of the operations' inputs. */
export type FieldName = 'mobile' | 'captchaAnswer' | 'code';

/** Feedback belongs to one field or to the form as a whole. */
export type FeedbackTarget = FieldName | 'form';

export interface Feedback {
  readonly target: FeedbackTarget;
  readonly message: string;
  /** The message appears at the field, but the value of the field is not the problem. */
  readonly isFieldValid?: boolean;
  /** What the page adds to the message of the service. */
  readonly hint?: string;
  /** The countdown beside the message. */
  readonly retryAfterSeconds?: number;
  /** Identifies the countdown: it restarts for another outcome, but not when the same outcome renders again. */
  readonly countdownKey?: object;
  /** The form offers a button that repeats the step. */
  readonly canRetry?: boolean;
  /** The target that gets the focus, if it is not the one of the message. */
  readonly focus?: FeedbackTarget;
}

export function requestFeedback(
  outcome: Exclude<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }>,
  messages: Messages,
): Feedback {
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return { target: targetOf(outcome.missingFields[0]), message: outcome.message };
    case 'InvalidMobileError':
    case 'MobileAlreadyRegisteredError':
    case 'MobileNotRegisteredError':
      return { target: 'mobile', message: outcome.message };
    case 'CaptchaExpiredError':
    case 'CaptchaMismatchError':
      return { target: 'captchaAnswer', message: outcome.message };
    case 'TooManyRequestsError':
      return rateLimitFeedback(outcome, 'mobile');
    case 'SmsSendFailedError':
      return sendFailedFeedback(outcome, messages);
    case 'ServiceUnavailableError':
      // The request has spent the captcha: a new one must be answered before the next request.
      return { ...unavailableFeedback(outcome, messages), focus: 'captchaAnswer' };
    case 'NoResponse':
      return unavailableFeedback(outcome, messages);
    default:
      return unknownOutcomeFeedback(outcome, messages);
  }
}

export function verifyFeedback(
  outcome: Exclude<VerifySmsCodeOutcome, { __typename: 'MobileVerified' }>,
  messages: Messages,
): Feedback {
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return { target: targetOf(outcome.missingFields[0]), message: outcome.message };
    case 'InvalidMobileError':
      return { target: 'mobile', message: outcome.message };
    case 'SmsCodeExpiredError':
      return wrongCodeFeedback(outcome.message, 0, messages);
    case 'SmsCodeMismatchError':
      return wrongCodeFeedback(outcome.message, outcome.attemptsRemaining, messages);
    case 'TooManyRequestsError':
      return rateLimitFeedback(outcome, 'code');
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return unavailableFeedback(outcome, messages);
    default:
      return unknownOutcomeFeedback(outcome, messages);
  }
}

export function registerFeedback(
  outcome: Exclude<RegisterUserOutcome, { __typename: 'UserRegistered' }>,
  messages: Messages,
): Feedback {
  switch (outcome.__typename) {
    case 'MobileAlreadyRegisteredError':
      return { target: 'mobile', message: outcome.message };
    case 'InvalidVerificationTokenError':
      return { target: 'form', message: outcome.message };
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return unavailableFeedback(outcome, messages);
    default:
      return unknownOutcomeFeedback(outcome, messages);
  }
}

/** `undefined` while a captcha is shown or its first response is pending. */
export function captchaFeedback(
  outcome: ImageCaptchaOutcome | ProofOfWorkError | undefined,
  messages: Messages,
): Feedback | undefined {
  const [target, isFieldValid] = ['captchaAnswer', true] as const;
  switch (outcome?.__typename) {
    case undefined:
    case 'ImageCaptcha':
      return undefined;
    case 'TooManyRequestsError':
      return { ...rateLimitFeedback(outcome, target, target), isFieldValid };
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return { target, isFieldValid, message: unavailableMessage(outcome, messages) };
    default:
      return { ...unknownOutcomeFeedback(outcome, messages), target, isFieldValid };
  }
}

/** The feedback of a check that the page makes before it sends a request. */
export function feedbackUnless(isValid: boolean, target: FeedbackTarget, message: string): Feedback[] {
  return isValid ? [] : [{ target, message }];
}

/** A mobile that cannot be one is told before anything is sent, because a request would cost an answer to the captcha. */
export function mobileFeedback(mobile: string, messages: Messages['mobileProblems']): Feedback[] {
  const problem = mobileProblem(mobile);
  return problem === undefined ? [] : [{ target: 'mobile', message: messages[problem] }];
}

function sendFailedFeedback(
  outcome: Extract<RequestSmsCodeOutcome, { __typename: 'SmsSendFailedError' }>,
  messages: Messages,
): Feedback {
  const feedback = { target: 'code', isFieldValid: true, message: outcome.message } as const;
  if (outcome.mayStillArrive) return { ...feedback, hint: messages.mayStillArrive };
  return {
    ...feedback,
    hint: messages.notSent,
    retryAfterSeconds: outcome.retryAfterSeconds,
    countdownKey: outcome,
    focus: 'captchaAnswer',
  };
}

/** Without attempts left, the person needs a new code, and a new captcha comes first. */
function wrongCodeFeedback(message: string, attemptsRemaining: number, messages: Messages): Feedback {
  return {
    target: 'code',
    message,
    hint: messages.attemptsRemaining(attemptsRemaining),
    ...(attemptsRemaining === 0 && { focus: 'captchaAnswer' }),
  };
}

/** A limit of the mobile appears at the field that concerns the mobile. The other limits concern no field. */
function rateLimitFeedback(
  outcome: { scope: string; message: string; retryAfterSeconds: number },
  mobileTarget: FeedbackTarget,
  otherTarget: FeedbackTarget = 'form',
): Feedback {
  const { scope, message, retryAfterSeconds } = outcome;
  const target = scope === 'MOBILE' ? mobileTarget : otherTarget;
  return { target, message, retryAfterSeconds, countdownKey: outcome };
}

type Unavailable = { __typename: 'ServiceUnavailableError'; message: string } | NoResponse;

function unavailableFeedback(outcome: Unavailable, messages: Messages): Feedback {
  return { target: 'form', message: unavailableMessage(outcome, messages), canRetry: true };
}

function unavailableMessage(outcome: Unavailable, messages: Messages): string {
  return outcome.__typename === 'NoResponse' ? messages.noResponse : outcome.message;
}

/** The service may be newer than the page and return a type that the page does not know. */
function unknownOutcomeFeedback(outcome: never, messages: Messages): Feedback {
  return { target: 'form', message: assertNever(outcome) || messages.noResponse };
}

function targetOf(field = ''): FeedbackTarget {
  return field === 'mobile' || field === 'captchaAnswer' || field === 'code' ? field : 'form';
}
