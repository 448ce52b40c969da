// Registers a verified mobile.

import { RegisterUserDocument, type RegisterUserInput } from './generated/graphql';
import type { RegisterUserOutcome } from './outcomes';
import { type MutationTuple, useDedupedMutation } from './use-deduped-mutation';

/**
 * Registers the mobile of a verification token. After `ServiceUnavailableError` and `NoResponse`, call it again with the
 * same token: only a successful registration spends the token.
 *
 * @example
 * const [registerUser, isRegistering] = useRegisterUser();
 * const outcome = await registerUser({ verificationToken });
 * if (outcome.__typename === 'UserRegistered') welcome(outcome.user);
 */
export function useRegisterUser(): MutationTuple<RegisterUserInput, RegisterUserOutcome> {
  return useDedupedMutation(RegisterUserDocument, 'registerUser');
}
