// The GraphQL types of `verifySmsCode`.

import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';
import type { LocalizedMessage } from '../../common/locale.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import { UserError } from '../../errors/user-error.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import { IncompleteInputError, InvalidMobileError } from '../verification.schema.ts';

@InputType({ description: 'Input of `verifySmsCode`.' })
export class VerifySmsCodeInput {
  @Field(() => String, {
    description: 'The mobile that the code was sent to, in any format that `requestSmsCode` accepts.',
  })
  mobile!: string;

  @Field(() => String, {
    description:
      'The code, including leading zeros. Surrounding spaces are ignored and full-width digits are accepted. A code of ' +
      'the wrong length counts as a wrong code.',
  })
  code!: string;

  @Field(() => SmsCodePurpose, {
    description: 'The purpose that the code was requested for.',
    defaultValue: SmsCodePurpose.REGISTER,
  })
  purpose!: SmsCodePurpose;
}

@ObjectType({
  description: 'The code is correct: the client has access to the mobile. The code is spent.',
})
export class MobileVerified {
  @Field(() => String, {
    description:
      'A signed JWT that any backend can check with the public keys at `/.well-known/jwks.json`. For `REGISTER`, send it ' +
      'to `registerUser`. For `LOGIN`, its `sub` claim is the user id.',
  })
  readonly verificationToken!: string;

  @Field(() => Int, { description: 'Seconds until the token expires.' })
  readonly expiresInSeconds!: number;

  constructor(fields: MobileVerified) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the mobile has no valid code for the purpose: it was never requested, has expired, was used, or ' +
    'reached its limit of attempts. Request a new SMS.',
})
export class SmsCodeExpiredError extends UserError<'SmsCodeExpiredError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '短信验证码失效', en: 'The code has expired. Please request a new one.' };
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when the code is wrong. The attempt is spent.',
})
export class SmsCodeMismatchError extends UserError<'SmsCodeMismatchError'> {
  @Field(() => Int, {
    description:
      'Number of attempts that remain, within the limit of this code and the failure limits of the mobile. At 0, request ' +
      'a new SMS; if a failure limit is exceeded, `TooManyRequestsError` says how long to wait.',
  })
  readonly attemptsRemaining: number;

  constructor(attemptsRemaining: number) {
    super();
    this.attemptsRemaining = attemptsRemaining;
  }

  protected messages(): LocalizedMessage {
    return { 'zh-CN': '短信验证码错误', en: 'The code is wrong. Please check the SMS and try again.' };
  }
}

export const VerifySmsCodeResult = createUnionType({
  name: 'VerifySmsCodeResult',
  description: 'The result of `verifySmsCode`.',
  types: () =>
    [
      MobileVerified,
      IncompleteInputError,
      InvalidMobileError,
      SmsCodeExpiredError,
      SmsCodeMismatchError,
      TooManyRequestsError,
      ServiceUnavailableError,
    ] as const,
});
