// The GraphQL interface of all domain errors.

import { Ctx, Field, InterfaceType } from 'type-graphql';
import { DomainError } from '../common/domain-error.ts';
import type { RequestContext } from '../common/request-context.ts';

@InterfaceType({
  description:
    'An error that the client can act on. Select `__typename` to tell errors apart, and show `message` to the user.',
})
export abstract class UserError<Name extends string = string> extends DomainError<Name> {
  @Field(() => String, {
    description:
      'Error message for the user: in Chinese if `Accept-Language` accepts Chinese, otherwise in English.',
  })
  message(@Ctx() context: RequestContext): string {
    return this.messageIn(context.locale);
  }
}
