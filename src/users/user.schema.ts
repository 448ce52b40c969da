// The user's part of the schema.

import { ObjectType } from 'type-graphql';
import type { Sentences } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';

@ObjectType({
  implements: UserError,
  description:
    'Returned when somebody registered the mobile before, and the purpose is `REGISTER`. A captcha is spent.',
})
export class MobileAlreadyRegisteredError extends UserError<'MobileAlreadyRegisteredError'> {
  protected text(): Sentences {
    return { 'zh-CN': '手机号已注册', en: 'This mobile is already registered.' };
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when nobody has registered the mobile, and the purpose is `LOGIN`. The captcha is spent.',
})
export class MobileNotRegisteredError extends UserError<'MobileNotRegisteredError'> {
  protected text(): Sentences {
    return { 'zh-CN': '手机号未注册', en: 'This mobile is not registered.' };
  }
}
