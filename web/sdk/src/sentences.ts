// What a page says to a person, in Chinese and English. The `message` of the service is for logs and developers, and some of its
// wordings are older than the page.

import type {
  ImageCaptchaOutcome,
  ProofOfWorkCaptchaOutcome,
  RegisterUserOutcome,
  RequestSmsCodeOutcome,
  SmsDeliveryOutcome,
  VerifySmsCodeOutcome,
} from './outcomes.ts';
import { assertNever, type NoResponse } from './outcomes.ts';

export type SentenceLocale = 'zh-CN' | 'en';

type AnyOutcome =
  | ImageCaptchaOutcome
  | ProofOfWorkCaptchaOutcome
  | RequestSmsCodeOutcome
  | SmsDeliveryOutcome
  | VerifySmsCodeOutcome
  | RegisterUserOutcome;

/** The members that tell why there was no success. */
export type Failure = Extract<AnyOutcome, { message: string }> | NoResponse;

/**
 * One sentence that says what happened and, if there is something to do, what to do. A member that the service has gained since
 * returns its `message`.
 *
 * @example
 * const outcome = await verification.requestSmsCode(input);
 * if (outcome.__typename !== 'SmsCodeSent') label.textContent = sentenceFor(outcome, 'zh-CN');
 */
export function sentenceFor(failure: Failure, locale: SentenceLocale): string {
  const sentences = locale === 'en' ? english : chinese;
  switch (failure.__typename) {
    case 'IncompleteInputError':
      return failure.missingFields.map((field) => sentences.missing[field] ?? failure.message).join(' ');
    case 'TooManyRequestsError':
      return sentences.tooManyRequests[failure.scope] ?? failure.message;
    case 'SmsSendFailedError':
      return failure.mayStillArrive ? sentences.smsMayStillArrive : sentences.smsNotSent;
    case 'SmsCodeMismatchError':
      return sentences.wrongCode(failure.attemptsRemaining);
    case 'InvalidMobileError':
    case 'CaptchaExpiredError':
    case 'CaptchaMismatchError':
    case 'MobileAlreadyRegisteredError':
    case 'MobileNotRegisteredError':
    case 'SmsDeliveryNotFoundError':
    case 'SmsCodeExpiredError':
    case 'InvalidVerificationTokenError':
    case 'ServiceUnavailableError':
    case 'NoResponse':
      return sentences[failure.__typename];
    default:
      return assertNever(failure);
  }
}

/** The members whose sentence depends on nothing else. */
type Plain = Exclude<
  Failure['__typename'],
  'IncompleteInputError' | 'TooManyRequestsError' | 'SmsSendFailedError' | 'SmsCodeMismatchError'
>;

interface Sentences extends Readonly<Record<Plain, string>> {
  /** By the field of the input. */
  readonly missing: Readonly<Record<string, string>>;
  /** By the scope. */
  readonly tooManyRequests: Readonly<Record<string, string>>;
  readonly smsMayStillArrive: string;
  readonly smsNotSent: string;
  readonly wrongCode: (attemptsRemaining: number) => string;
}

const chinese: Sentences = {
  missing: {
    mobile: '请填写手机号',
    captchaId: '请换一张图片验证码',
    captchaAnswer: '请填写图片验证码',
    code: '请填写短信验证码',
    verificationToken: '请先验证手机号',
  },
  tooManyRequests: {
    MOBILE: '该手机号请求过于频繁，请稍后再试',
    ADDRESS: '当前网络请求过于频繁，请稍后再试',
    SERVICE: '当前请求过多，请改用手机移动网络，或稍后再试',
  },
  smsMayStillArrive: '短信可能稍后到达，届时其中的验证码仍然有效',
  smsNotSent: '短信没有发出，请填写新的图片验证码后重试',
  wrongCode: (attempts) =>
    attempts > 0 ? `短信验证码错误，还可以尝试 ${attempts} 次` : '短信验证码错误，请重新获取验证码',
  InvalidMobileError: '手机号无效，请检查',
  CaptchaExpiredError: '图片验证码已失效，请填写新的',
  CaptchaMismatchError: '图片验证码错误',
  MobileAlreadyRegisteredError: '手机号已注册',
  MobileNotRegisteredError: '手机号未注册',
  SmsDeliveryNotFoundError: '没有这条短信的记录',
  SmsCodeExpiredError: '短信验证码已失效，请重新获取验证码',
  InvalidVerificationTokenError: '验证已失效，请重新获取短信验证码',
  ServiceUnavailableError: '服务暂时不可用，请稍后重试',
  NoResponse: '没有收到服务的回应，请检查网络后重试',
};

const english: Sentences = {
  missing: {
    mobile: 'Enter your mobile number.',
    captchaId: 'Load a new image.',
    captchaAnswer: 'Enter the characters in the image.',
    code: 'Enter the code from the SMS.',
    verificationToken: 'Verify your mobile first.',
  },
  tooManyRequests: {
    MOBILE: 'Too many requests for this mobile. Please try again later.',
    ADDRESS: 'Too many requests from this network. Please try again later.',
    SERVICE: 'Too many requests at the moment. Try over mobile data, or later.',
  },
  smsMayStillArrive: 'The SMS may be delayed. Its code works when it arrives.',
  smsNotSent: 'The SMS was not sent. Enter the characters in the new image and try again.',
  wrongCode: (attempts) =>
    attempts > 0
      ? `The code is wrong. ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} left.`
      : 'The code is wrong. Request a new code.',
  InvalidMobileError: 'This is no valid mobile number. Please check it.',
  CaptchaExpiredError: 'The image has expired. Enter the new one.',
  CaptchaMismatchError: 'The characters do not match the image.',
  MobileAlreadyRegisteredError: 'This mobile is already registered.',
  MobileNotRegisteredError: 'This mobile is not registered.',
  SmsDeliveryNotFoundError: 'Nothing is known about this SMS.',
  SmsCodeExpiredError: 'The code has expired. Request a new code.',
  InvalidVerificationTokenError: 'The verification has expired. Request a new code.',
  ServiceUnavailableError: 'The service is not available. Please try again later.',
  NoResponse: 'The service did not respond. Check your network and try again.',
};
