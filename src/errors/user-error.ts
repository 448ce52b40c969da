// The common face of every refusal that a caller can act on.

import { Ctx, Field, InterfaceType } from 'type-graphql';
import type { Sentences } from '../common/locale.ts';
import type { RequestContext } from '../common/request-context.ts';

@InterfaceType({
  description:
    'A refusal that the caller can act on. Ask for its type by `__typename`, show `message` to a person.',
})
export abstract class UserError<Name extends string = string> {
  /** Never set: it keeps two classes without fields of their own from being one and the same type. */
  declare readonly __typename: Name;

  /** What to tell the person, in every language. */
  protected abstract text(): Sentences;

  @Field(() => String, {
    description: 'A sentence for the person, in Chinese if `Accept-Language` names Chinese, else in English.',
  })
  message(@Ctx() context: RequestContext): string {
    return this.text()[context.locale];
  }
}
