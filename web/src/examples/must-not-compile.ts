// Mistakes that the compiler has to catch: if one of them compiled, its @ts-expect-error would be the error.

import { assertNever, type RegisterUserOutcome } from '../verification/index.ts';

/** A member that no case names, as one is that the schema has from tomorrow on. */
export function forgetful(outcome: RegisterUserOutcome): string {
  switch (outcome.__typename) {
    case 'UserRegistered':
      return outcome.user.mobile;
    case 'InvalidVerificationTokenError':
    case 'ServiceUnavailableError':
      return outcome.message;
    case 'NoResponse':
      return '';
    default:
      // @ts-expect-error
      return assertNever(outcome);
  }
}

/** A field of one member, read from any. */
export function hasty(outcome: RegisterUserOutcome): string {
  // @ts-expect-error
  return outcome.user.mobile;
}
