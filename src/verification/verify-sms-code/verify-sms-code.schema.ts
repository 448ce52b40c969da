// `verifySmsCode` in the schema.

import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';
import { ServiceUnavailableError } from '../../common/dependency.ts';
import type { Sentences } from '../../common/locale.ts';
import { UserError } from '../../errors/user-error.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { IncompleteInputError, InvalidMobileError, SmsCodePurpose } from '../verification.schema.ts';

@InputType({ description: 'What `verifySmsCode` needs to know.' })
export class VerifySmsCodeInput {
  @Field(() => String, { description: 'The mobile that the code went to, in any form that was good there.' })
  mobile!: string;

  @Field(() => String, {
    description:
      'The code as it was read, zeros in front included. Full-width digits and spaces around it do not matter; one that ' +
      'is too short is a wrong one.',
  })
  code!: string;

  @Field(() => SmsCodePurpose, {
    description: 'What the code was asked for.',
    defaultValue: SmsCodePurpose.REGISTER,
  })
  purpose!: SmsCodePurpose;
}

@ObjectType({ description: 'The code was right: whoever asks has the mobile. The code is spent.' })
export class MobileVerified {
  @Field(() => String, {
    description:
      'The proof, a JWT that any backend can check by the keys at `/.well-known/jwks.json`. For `REGISTER`, hand it to ' +
      '`registerUser`; for `LOGIN`, its `sub` is the id of the user.',
  })
  readonly verificationToken!: string;

  @Field(() => Int, { description: 'Seconds for which the token is good.' })
  readonly expiresInSeconds!: number;

  constructor(fields: MobileVerified) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the mobile has no live code for the purpose: never requested, expired, spent, or tried too often.',
})
export class SmsCodeExpiredError extends UserError<'SmsCodeExpiredError'> {
  protected text(): Sentences {
    return { 'zh-CN': '短信验证码失效', en: 'The code has expired. Please ask for a new one.' };
  }
}

@ObjectType({ implements: UserError, description: 'Returned when the code is not the one that was sent.' })
export class SmsCodeMismatchError extends UserError<'SmsCodeMismatchError'> {
  @Field(() => Int, {
    description:
      'How often the mobile can still try, at this code and within its allowance of failures. At 0 no more is compared: ' +
      'another text brings a new code, or the allowance says when to come back.',
  })
  readonly attemptsRemaining: number;

  constructor(attemptsRemaining: number) {
    super();
    this.attemptsRemaining = attemptsRemaining;
  }

  protected text(): Sentences {
    return { 'zh-CN': '短信验证码错误', en: 'This is not the code that was sent.' };
  }
}

export const VerifySmsCodeResult = createUnionType({
  name: 'VerifySmsCodeResult',
  description: 'What `verifySmsCode` answers.',
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
