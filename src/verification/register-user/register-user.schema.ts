// The GraphQL types of `registerUser`.

import { createUnionType, Field, InputType, ObjectType } from 'type-graphql';
import type { LocalizedMessage } from '../../common/locale.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import { UserError } from '../../errors/user-error.ts';
import { MobileAlreadyRegisteredError, UserType } from '../../users/user.schema.ts';

@InputType({ description: 'Input of `registerUser`.' })
export class RegisterUserInput {
  @Field(() => String, {
    description: 'The `verificationToken` of a `MobileVerified` with the purpose `REGISTER`.',
  })
  verificationToken!: string;
}

@ObjectType({ description: 'The user is registered. The token is spent.' })
export class UserRegistered {
  @Field(() => UserType, { description: 'The new user.' })
  readonly user: UserType;

  constructor(user: UserType) {
    this.user = user;
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the token has an invalid signature or claim, has expired, was already used, or has another purpose ' +
    'than `REGISTER`. Verify the mobile again.',
})
export class InvalidVerificationTokenError extends UserError<'InvalidVerificationTokenError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '手机验证已失效', en: 'The verification has expired. Please verify the mobile again.' };
  }
}

export const RegisterUserResult = createUnionType({
  name: 'RegisterUserResult',
  description: 'The result of `registerUser`.',
  types: () =>
    [
      UserRegistered,
      InvalidVerificationTokenError,
      MobileAlreadyRegisteredError,
      ServiceUnavailableError,
    ] as const,
});
