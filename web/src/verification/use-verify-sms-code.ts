// Verifies a code.

import { VerifySmsCodeDocument, type VerifySmsCodeInput } from './generated/graphql';
import type { VerifySmsCodeOutcome } from './outcomes';
import { type MutationTuple, useDedupedMutation } from './use-deduped-mutation';

/**
 * Verifies a code. `MobileVerified` carries the verification token, for `useRegisterUser` or for your own backend. A
 * correct code works once: if the response to it is lost, the person needs a new SMS.
 *
 * @example
 * const [verifySmsCode, isVerifying] = useVerifySmsCode();
 * const outcome = await verifySmsCode({ mobile, code });
 * if (outcome.__typename === 'MobileVerified') await registerUser({ verificationToken: outcome.verificationToken });
 */
export function useVerifySmsCode(): MutationTuple<VerifySmsCodeInput, VerifySmsCodeOutcome> {
  return useDedupedMutation(VerifySmsCodeDocument, 'verifySmsCode');
}
