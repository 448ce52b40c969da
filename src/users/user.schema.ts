// The GraphQL types of users.

import { Field, GraphQLISODateTime, ID, ObjectType } from 'type-graphql';
import type { LocalizedMessage } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';
import type { User } from './user.entity.ts';

@ObjectType('User', { description: 'A user with a verified mobile.' })
export class UserType {
  @Field(() => ID, {
    description:
      'Permanent id of the user (UUID version 7). It is the `sub` claim of tokens with the purpose `LOGIN`.',
  })
  readonly id: string;

  @Field(() => String, { description: 'The mobile in E.164 format: `+8613800138000`.' })
  readonly mobile: string;

  @Field(() => GraphQLISODateTime, { description: 'Time of the registration, with millisecond precision.' })
  readonly registeredAt: Date;

  constructor({ id, mobile, registeredAt }: User) {
    this.id = id;
    this.mobile = mobile;
    this.registeredAt = registeredAt;
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the purpose is `REGISTER` and the mobile is already registered. The captcha or the token is spent.',
})
export class MobileAlreadyRegisteredError extends UserError<'MobileAlreadyRegisteredError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '手机号已注册', en: 'This mobile is already registered.' };
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when the purpose is `LOGIN` and the mobile is not registered. The captcha is spent.',
})
export class MobileNotRegisteredError extends UserError<'MobileNotRegisteredError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '手机号未注册', en: 'This mobile is not registered.' };
  }
}
