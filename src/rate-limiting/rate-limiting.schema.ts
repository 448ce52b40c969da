// The rate limit's part of the schema.

import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Sentences } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';

export enum RateLimitScope {
  MOBILE = 'MOBILE',
  ADDRESS = 'ADDRESS',
  SERVICE = 'SERVICE',
}

registerEnumType(RateLimitScope, {
  name: 'RateLimitScope',
  description: 'Whose allowance is used up.',
  valuesConfig: {
    MOBILE: { description: 'The mobile has been sent, or tried, too much.' },
    ADDRESS: { description: "Too much came from the caller's IP address or its IPv6 network." },
    SERVICE: { description: 'The service as a whole, or a range of numbers in it, is at its limit.' },
  },
});

@ObjectType({
  implements: UserError,
  description:
    'Returned when an allowance is used up. Nothing was sent and no code compared. The captcha of a `requestSmsCode` is ' +
    'spent, unless the scope is `ADDRESS`.',
})
export class TooManyRequestsError extends UserError<'TooManyRequestsError'> {
  @Field(() => RateLimitScope, { description: 'Whose allowance it is.' })
  readonly scope: RateLimitScope;

  @Field(() => Int, { description: 'Seconds until the allowance has room again.' })
  readonly retryAfterSeconds: number;

  constructor(scope: RateLimitScope, retryAfterMs: number) {
    super();
    this.scope = scope;
    this.retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
  }

  protected text(): Sentences {
    return { 'zh-CN': '请求过于频繁', en: 'Too many requests. Please try again later.' };
  }
}
