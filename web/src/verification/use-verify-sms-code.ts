// Proving a code.

import { VerifySmsCodeDocument, type VerifySmsCodeInput } from './generated/graphql';
import type { VerifySmsCodeOutcome } from './outcomes';
import { type Ask, useDedupedMutation } from './use-deduped-mutation';

/**
 * Proves a code. `MobileVerified` carries the token for `useRegisterUser`, or for a backend of your own. A right code is
 * spent by its first use: if the answer to that got lost, the person needs another text.
 *
 * @example
 * const [verifySmsCode, isVerifying] = useVerifySmsCode();
 * const outcome = await verifySmsCode({ mobile, code });
 * if (outcome.__typename === 'MobileVerified') await registerUser({ verificationToken: outcome.verificationToken });
 */
export function useVerifySmsCode(): Ask<VerifySmsCodeInput, VerifySmsCodeOutcome> {
  return useDedupedMutation(VerifySmsCodeDocument, 'verifySmsCode');
}
