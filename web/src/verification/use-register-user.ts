// Registering a mobile that was proved.

import { RegisterUserDocument, type RegisterUserInput } from './generated/graphql';
import type { RegisterUserOutcome } from './outcomes';
import { type Ask, useDedupedMutation } from './use-deduped-mutation';

/**
 * Registers the mobile that a token proves. The token is good until it succeeds: after `ServiceUnavailableError` and
 * `NoResponse` try again with the same one.
 *
 * @example
 * const [registerUser, isRegistering] = useRegisterUser();
 * const outcome = await registerUser({ verificationToken });
 * if (outcome.__typename === 'UserRegistered') welcome(outcome.user);
 */
export function useRegisterUser(): Ask<RegisterUserInput, RegisterUserOutcome> {
  return useDedupedMutation(RegisterUserDocument, 'registerUser');
}
