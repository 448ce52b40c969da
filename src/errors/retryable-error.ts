// The GraphQL interface of the errors after which a client may retry.

import { Field, Int, InterfaceType } from 'type-graphql';
import { UserError } from './user-error.ts';

@InterfaceType({
  description:
    'An error that ends with time: the same operation may succeed after `retryAfterSeconds`, with a new captcha if the ' +
    'captcha is spent.',
})
export abstract class RetryableError<Name extends string = string> extends UserError<Name> {
  @Field(() => Int, { description: 'Seconds to wait before another request.' })
  abstract readonly retryAfterSeconds: number;
}
