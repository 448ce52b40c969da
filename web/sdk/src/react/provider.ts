// Hands the operations of the service to the hooks.

import { createContext, useContext } from 'react';
import type { Verification } from '../create-verification.ts';

const VerificationContext = createContext<Verification | undefined>(undefined);

/**
 * Wrap the components that use the hooks in it.
 *
 * @example
 * const verification = createVerification({ url: '/graphql' });
 * root.render(<VerificationProvider value={verification}>…</VerificationProvider>);
 */
export const VerificationProvider = VerificationContext.Provider;

/**
 * The operations of the service.
 * @throws outside of a `VerificationProvider`.
 */
export function useVerification(): Verification {
  const verification = useContext(VerificationContext);
  if (!verification) throw new Error('The component is not inside a VerificationProvider.');
  return verification;
}
