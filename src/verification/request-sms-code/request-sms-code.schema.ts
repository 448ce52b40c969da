// `requestSmsCode` in the schema.

import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CaptchaExpiredError, CaptchaMismatchError } from '../../captcha/captcha.schema.ts';
import { ServiceUnavailableError } from '../../common/dependency.ts';
import type { Sentences } from '../../common/locale.ts';
import { UserError } from '../../errors/user-error.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../users/user.schema.ts';
import { IncompleteInputError, InvalidMobileError, SmsCodePurpose } from '../verification.schema.ts';

@InputType({ description: 'What `requestSmsCode` needs to know.' })
export class RequestSmsCodeInput {
  @Field(() => String, {
    description:
      'A mainland China mobile number: eleven digits, also with `+86`, `0086` or `86` in front, spaces, dashes or ' +
      'full-width digits.',
  })
  mobile!: string;

  @Field(() => ID, {
    description:
      'The `id` of an `ImageCaptcha`. It is good for one request, however often that one is repeated.',
  })
  captchaId!: string;

  @Field(() => String, {
    description: "The picture's characters. Case and spaces around them do not matter.",
  })
  captchaAnswer!: string;

  @Field(() => SmsCodePurpose, {
    description: 'What the code will be good for.',
    defaultValue: SmsCodePurpose.REGISTER,
  })
  purpose!: SmsCodePurpose;
}

@ObjectType({ description: 'The provider took the text message.' })
export class SmsCodeSent {
  @Field(() => String, { description: 'Where it goes, with four digits hidden: `138****8000`.' })
  readonly mobile!: string;

  @Field(() => Int, { description: 'How many digits the code has.' })
  readonly codeLength!: number;

  @Field(() => Int, {
    description: 'Seconds for which the code is good. A resend carries the same code and no new time.',
  })
  readonly expiresInSeconds!: number;

  @Field(() => Int, {
    description:
      'Seconds that have to pass before another text. An allowance that is used up by then asks for more.',
  })
  readonly resendAfterSeconds!: number;

  constructor(fields: SmsCodeSent) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the provider refused the text message or did not say that it took it. The captcha is spent.',
})
export class SmsSendFailedError extends UserError<'SmsSendFailedError'> {
  @Field(() => Boolean, {
    description:
      'True if the text may arrive all the same; let the person enter its code then. False if it surely was not sent.',
  })
  readonly mayStillArrive: boolean;

  @Field(() => Int, { description: 'Seconds after which another try makes sense.' })
  readonly retryAfterSeconds: number;

  constructor(mayStillArrive: boolean, retryAfterSeconds: number) {
    super();
    this.mayStillArrive = mayStillArrive;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  protected text(): Sentences {
    return this.mayStillArrive
      ? {
          'zh-CN': '验证码发送异常',
          en: 'The text message may be late. Please wait before you ask for another.',
        }
      : { 'zh-CN': '发送失败', en: 'The text message could not be sent. Please try again.' };
  }
}

/** Every class of an answer, in the order of the schema. */
export const requestSmsCodeAnswers = [
  SmsCodeSent,
  IncompleteInputError,
  InvalidMobileError,
  CaptchaExpiredError,
  CaptchaMismatchError,
  MobileAlreadyRegisteredError,
  MobileNotRegisteredError,
  TooManyRequestsError,
  SmsSendFailedError,
  ServiceUnavailableError,
] as const;

export const RequestSmsCodeResult = createUnionType({
  name: 'RequestSmsCodeResult',
  description: 'What `requestSmsCode` answers.',
  types: () => requestSmsCodeAnswers,
});

export type RequestSmsCodeAnswer = typeof RequestSmsCodeResult;
