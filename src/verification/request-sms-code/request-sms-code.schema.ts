// The GraphQL types of `requestSmsCode`.

import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CaptchaExpiredError, CaptchaMismatchError } from '../../captcha/captcha.schema.ts';
import type { LocalizedMessage } from '../../common/locale.ts';
import { RetryableError } from '../../errors/retryable-error.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import { UserError } from '../../errors/user-error.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../users/user.schema.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import { IncompleteInputError, InvalidMobileError } from '../verification.schema.ts';

@InputType({ description: 'Input of `requestSmsCode`.' })
export class RequestSmsCodeInput {
  @Field(() => String, {
    description:
      'A mainland China mobile number of eleven digits. The prefixes `+86`, `0086` and `86`, spaces, dashes and ' +
      'full-width digits are allowed.',
  })
  mobile!: string;

  @Field(() => ID, {
    description:
      'The `id` of an `ImageCaptcha`. A captcha works for one request. An identical retry is a replay.',
  })
  captchaId!: string;

  @Field(() => String, {
    description: 'The characters of the image. Case and surrounding spaces are ignored.',
  })
  captchaAnswer!: string;

  @Field(() => SmsCodePurpose, {
    description: 'What the code is for.',
    defaultValue: SmsCodePurpose.REGISTER,
  })
  purpose!: SmsCodePurpose;
}

@ObjectType({
  description:
    'The provider accepted the SMS. With user-enumeration protection (`ENUMERATION=conceal`) the SMS may be suppressed, ' +
    'or its send may have failed.',
})
export class SmsCodeSent {
  @Field(() => String, { description: 'The masked mobile: `138****8000`.' })
  readonly mobile!: string;

  @Field(() => Int, { description: 'Number of digits of the code.' })
  readonly codeLength!: number;

  @Field(() => Int, {
    description: 'Seconds until the code expires. A resend that carries the same code does not extend them.',
  })
  readonly expiresInSeconds!: number;

  @Field(() => Int, {
    description:
      'Seconds until another SMS can be requested for this mobile. Another rate limit may require a longer wait.',
  })
  readonly resendAfterSeconds!: number;

  @Field(() => ID, {
    description:
      'The id to ask `smsDelivery` what became of the SMS. It is secret: it is all that the query asks for. A replay has the id of ' +
      'the original request.',
  })
  readonly deliveryId!: string;

  constructor(fields: SmsCodeSent) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: [UserError, RetryableError],
  description:
    'Returned when the SMS was not sent, or when it is unknown whether it was sent. The captcha is spent: show a new one.',
})
export class SmsSendFailedError extends RetryableError<'SmsSendFailedError'> {
  @Field(() => Boolean, {
    description:
      'True if the outcome is unknown: the SMS may still arrive, and its code works. False if the SMS was certainly not ' +
      'sent: it does not count toward the rate limits of the mobile.',
  })
  readonly mayStillArrive: boolean;

  @Field(() => Int, { description: 'Seconds to wait before another SMS is requested.' })
  readonly retryAfterSeconds: number;

  constructor(fields: Pick<SmsSendFailedError, 'mayStillArrive' | 'retryAfterSeconds'>) {
    super();
    this.mayStillArrive = fields.mayStillArrive;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  protected messages(): LocalizedMessage {
    return this.mayStillArrive
      ? {
          'zh-CN': '验证码发送异常',
          en: 'The SMS may be delayed. Please wait before you request another one.',
        }
      : { 'zh-CN': '发送失败', en: 'The SMS could not be sent. Please try again.' };
  }
}

/** All members of the union, in the order of the schema. */
export const requestSmsCodeResultTypes = [
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
  description: 'The result of `requestSmsCode`.',
  types: () => requestSmsCodeResultTypes,
});

export type RequestSmsCodeResponse = typeof RequestSmsCodeResult;
