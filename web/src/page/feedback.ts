// Turns the outcome of an operation into feedback: the message, where it appears, and which field comes next.

import {
  assertNever,
  type ImageCaptchaOutcome,
  type NoResponse,
  type ProofOfWorkError,
  type RegisterUserOutcome,
  type RequestSmsCodeOutcome,
  type VerifySmsCodeOutcome,
} from 'yanzheng-sdk';
import type { Failure } from 'yanzheng-sdk/sentences';
import { mobileProblem } from './input.ts';
import type { Messages } from './messages.ts';
import type { Purpose } from './purpose.ts';

/** The fields that people type into have the names of the operations' inputs. */
export type TextFieldName = 'mobile' | 'captchaAnswer' | 'code';

export type FieldName = TextFieldName | 'consent';

/** Feedback belongs to one field or to the form as a whole. */
export type FeedbackTarget = FieldName | 'form';

export interface Feedback {
  readonly target: FeedbackTarget;
  readonly message: string;
  /** The message appears at the field, but the value of the field is not the problem. */
  readonly isFieldValid?: boolean;
  /** The countdown beside the message. */
  readonly retryAfterSeconds?: number;
  /** Identifies the countdown: it restarts for another outcome, but not when the same outcome renders again. */
  readonly countdownKey?: object;
  /** The form offers a button that repeats the step. */
  readonly canRetry?: boolean;
  /** The form offers a button that switches to this purpose. */
  readonly switchTo?: Purpose;
  /** The target that gets the focus, if it is not the one of the message. */
  readonly focus?: FeedbackTarget;
}

/** The rest of a message, once its sentence is known. */
type Placement = Omit<Feedback, 'message'>;

export function requestFeedback(
  outcome: Exclude<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }>,
  messages: Messages,
): Feedback {
  const at = placing(outcome, messages);
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return at({ target: targetOf(outcome.missingFields[0]) });
    case 'InvalidMobileError':
      return at({ target: 'mobile' });
    case 'MobileAlreadyRegisteredError':
      return at({ target: 'mobile', switchTo: 'LOGIN' });
    case 'MobileNotRegisteredError':
      return at({ target: 'mobile', switchTo: 'REGISTER' });
    case 'CaptchaExpiredError':
    case 'CaptchaMismatchError':
      return at({ target: 'captchaAnswer' });
    case 'TooManyRequestsError':
      return at(rateLimit(outcome, 'mobile'));
    case 'SmsSendFailedError':
      return at({
        target: 'code',
        isFieldValid: true,
        ...(!outcome.mayStillArrive && { ...countdown(outcome), focus: 'captchaAnswer' }),
      });
    case 'ServiceUnavailableError':
      // The request has spent the captcha: a new one must be answered before the next request.
      return at({ ...UNAVAILABLE, focus: 'captchaAnswer' });
    case 'NoResponse':
      return at(UNAVAILABLE);
    default:
      return unknownOutcome(outcome, messages);
  }
}

export function verifyFeedback(
  outcome: Exclude<VerifySmsCodeOutcome, { __typename: 'MobileVerified' }>,
  messages: Messages,
): Feedback {
  const at = placing(outcome, messages);
  switch (outcome.__typename) {
    case 'IncompleteInputError':
      return at({ target: targetOf(outcome.missingFields[0]) });
    case 'InvalidMobileError':
      return at({ target: 'mobile' });
    case 'SmsCodeExpiredError':
      return at(WRONG_FOR_GOOD);
    case 'SmsCodeMismatchError':
      return at(outcome.attemptsRemaining > 0 ? { target: 'code' } : WRONG_FOR_GOOD);
    case 'TooManyRequestsError':
      return at(rateLimit(outcome, 'code'));
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return at(UNAVAILABLE);
    default:
      return unknownOutcome(outcome, messages);
  }
}

export function registerFeedback(
  outcome: Exclude<RegisterUserOutcome, { __typename: 'UserRegistered' }>,
  messages: Messages,
): Feedback {
  const at = placing(outcome, messages);
  switch (outcome.__typename) {
    case 'MobileAlreadyRegisteredError':
      return at({ target: 'mobile', switchTo: 'LOGIN' });
    case 'InvalidVerificationTokenError':
      return at({ target: 'form' });
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return at(UNAVAILABLE);
    default:
      return unknownOutcome(outcome, messages);
  }
}

/** `undefined` while a captcha is shown or its first response is pending. */
export function captchaFeedback(
  outcome: ImageCaptchaOutcome | ProofOfWorkError | undefined,
  messages: Messages,
): Feedback | undefined {
  if (outcome === undefined || outcome.__typename === 'ImageCaptcha') return undefined;
  const feedback = {
    target: 'captchaAnswer',
    isFieldValid: true,
    message: messages.sentence(outcome),
  } as const;
  return outcome.__typename === 'TooManyRequestsError' ? { ...feedback, ...countdown(outcome) } : feedback;
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

/** Puts the sentence about a failure somewhere. */
function placing(failure: Failure, messages: Messages): (placement: Placement) => Feedback {
  return (placement) => ({ ...placement, message: messages.sentence(failure) });
}

const UNAVAILABLE: Placement = { target: 'form', canRetry: true };

/** The person needs a new code, and a captcha comes first. */
const WRONG_FOR_GOOD: Placement = { target: 'code', focus: 'captchaAnswer' };

/** A limit of the mobile appears at the field that concerns the mobile. The other limits concern no field. */
function rateLimit(
  outcome: { scope: string; retryAfterSeconds: number },
  mobileTarget: FeedbackTarget,
): Placement {
  // A limit of the service ends when others send less: a countdown would promise too much.
  if (outcome.scope === 'SERVICE') return { target: 'form' };
  return { target: outcome.scope === 'MOBILE' ? mobileTarget : 'form', ...countdown(outcome) };
}

function countdown(outcome: { retryAfterSeconds: number }) {
  return { retryAfterSeconds: outcome.retryAfterSeconds, countdownKey: outcome };
}

/** The service may be newer than the page and return a type that the page does not know. */
function unknownOutcome(outcome: never, messages: Messages): Feedback {
  return { target: 'form', message: assertNever(outcome) || messages.sentence(NO_RESPONSE) };
}

const NO_RESPONSE: NoResponse = { __typename: 'NoResponse' };

function targetOf(field = ''): FeedbackTarget {
  return field === 'mobile' || field === 'captchaAnswer' || field === 'code' ? field : 'form';
}
