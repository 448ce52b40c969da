// Mistakes that the compiler must reject. If one of them compiles, its @ts-expect-error is the error.

import { assertNever, type RegisterUserOutcome } from 'yanzheng-sdk';

/** One member has no case, as when the schema gains a member. */
export function missingCase(outcome: RegisterUserOutcome): string {
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

/** The field belongs to one member of the union. */
export function uncheckedField(outcome: RegisterUserOutcome): string {
  // @ts-expect-error
  return outcome.user.mobile;
}
