// `registerUser` in the schema.

import { createUnionType, Field, InputType, ObjectType } from 'type-graphql';
import { ServiceUnavailableError } from '../../common/dependency.ts';
import type { Sentences } from '../../common/locale.ts';
import { UserError } from '../../errors/user-error.ts';
import { User } from '../../users/user.entity.ts';
import { MobileAlreadyRegisteredError } from '../../users/user.schema.ts';

@InputType({ description: 'What `registerUser` needs to know.' })
export class RegisterUserInput {
  @Field(() => String, { description: 'The token of a `MobileVerified` for the purpose `REGISTER`.' })
  verificationToken!: string;
}

@ObjectType({ description: 'The mobile is registered. The token is spent.' })
export class UserRegistered {
  @Field(() => User, { description: 'The new user.' })
  readonly user: User;

  constructor(user: User) {
    this.user = user;
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the token is none of ours, has expired, was spent before, or is not for registering a mobile.',
})
export class InvalidVerificationTokenError extends UserError<'InvalidVerificationTokenError'> {
  protected text(): Sentences {
    return { 'zh-CN': '手机验证已失效', en: 'The verification has expired. Please verify the mobile again.' };
  }
}

export const RegisterUserResult = createUnionType({
  name: 'RegisterUserResult',
  description: 'What `registerUser` answers.',
  types: () =>
    [
      UserRegistered,
      InvalidVerificationTokenError,
      MobileAlreadyRegisteredError,
      ServiceUnavailableError,
    ] as const,
});
