// The GraphQL types of rate limiting.

import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { LocalizedMessage } from '../common/locale.ts';
import { RetryableError } from '../errors/retryable-error.ts';
import { UserError } from '../errors/user-error.ts';
import { type RateLimitExceeded, RateLimitScope } from './rate-limit.ts';

registerEnumType(RateLimitScope, {
  name: 'RateLimitScope',
  description: 'The subject of a rate limit.',
  valuesConfig: {
    MOBILE: {
      description: 'The mobile: too many SMS were sent to it, or too many wrong codes were entered for it.',
    },
    ADDRESS: { description: 'The network address of the client: an IPv4 address or an IPv6 /64 network.' },
    SERVICE: { description: 'The service as a whole, or the number range of the mobile.' },
  },
});

@ObjectType({
  implements: [UserError, RetryableError],
  description:
    'Returned when a rate limit is exceeded. No SMS was sent and no code was compared. In `requestSmsCode` the captcha is ' +
    'spent, unless `scope` is `ADDRESS`. Wait for `retryAfterSeconds`.',
})
export class TooManyRequestsError extends RetryableError<'TooManyRequestsError'> {
  @Field(() => RateLimitScope, { description: 'The subject of the exceeded rate limit.' })
  readonly scope: RateLimitScope;

  @Field(() => Int, { description: 'Seconds until the rate limit allows another request.' })
  readonly retryAfterSeconds: number;

  constructor({ scope, retryAfterSeconds }: Pick<RateLimitExceeded, 'scope' | 'retryAfterSeconds'>) {
    super();
    this.scope = scope;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  protected messages(): LocalizedMessage {
    return { 'zh-CN': '请求过于频繁', en: 'Too many requests. Please try again later.' };
  }
}
