// The base class of all domain errors: outcomes that a client can act on. They are returned, never thrown.

import type { Locale, LocalizedMessage } from './locale.ts';

export abstract class DomainError<Name extends string = string> {
  /** Exists for the compiler only: without it, two classes without fields of their own would be the same type. */
  declare readonly __typename: Name;

  /** The sentence for the person, in every language. */
  protected abstract messages(): LocalizedMessage;

  messageIn(locale: Locale): string {
    return this.messages()[locale];
  }
}
