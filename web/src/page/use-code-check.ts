// From a code to a registered user.

import { useRef } from 'react';
import { useRegisterUser, useVerifySmsCode, type VerifySmsCodeOutcome } from '../verification/index.ts';
import { registerFeedback, verifyFeedback } from './feedback.ts';
import type { FeedbackControl } from './use-feedback.ts';

interface Credentials {
  readonly mobile: string;
  readonly code: string;
}

/** Verifying a code spends it. Its token is kept, so that a failed registration can be repeated. */
interface VerifiedMobile extends Credentials {
  readonly token: string;
  readonly expiresAtMs: number;
  /** A registration with the token got no response. It may have succeeded. */
  mayBeSpent?: boolean;
}

/** A wrong code is wrong until the next SMS: to send it again would only spend an attempt. */
interface Mismatch extends Credentials {
  /** The latest SMS when the code was compared. */
  readonly sms: string | undefined;
  readonly outcome: Extract<VerifySmsCodeOutcome, { __typename: 'SmsCodeMismatchError' }>;
}

/** @param latestSms identifies the latest SMS of this page. */
export function useVerification(
  { showPageFeedback, showServiceFeedback }: FeedbackControl,
  latestSms: string | undefined,
  onRegistered: (mobile: string) => void,
) {
  const knownMismatch = ({ mobile, code }: Credentials, last: Mismatch | undefined) =>
    last?.mobile === mobile && last.code === code && last.sms === latestSms ? last.outcome : undefined;

  const [verifySmsCode, isVerifying] = useVerifySmsCode();
  const [registerUser, isRegistering] = useRegisterUser();
  const lastVerified = useRef<VerifiedMobile>(undefined);
  const lastMismatch = useRef<Mismatch>(undefined);

  const verify = async (credentials: Credentials): Promise<VerifiedMobile | undefined> => {
    const { current } = lastVerified;
    if (current?.mobile === credentials.mobile && current.code === credentials.code) return current;
    const outcome = knownMismatch(credentials, lastMismatch.current) ?? (await verifySmsCode(credentials));
    if (outcome.__typename === 'SmsCodeMismatchError')
      lastMismatch.current = { ...credentials, sms: latestSms, outcome };
    if (outcome.__typename === 'MobileVerified') {
      const expiresAtMs = Date.now() + outcome.expiresInSeconds * 1000;
      lastVerified.current = { ...credentials, token: outcome.verificationToken, expiresAtMs };
      return lastVerified.current;
    }
    const show = outcome.__typename === 'NoResponse' ? showPageFeedback : showServiceFeedback;
    show(
      (messages) => [verifyFeedback(outcome, messages)],
      () => register(credentials),
    );
    return undefined;
  };

  const register = async (credentials: Credentials): Promise<void> => {
    const verifiedMobile = await verify(credentials);
    if (!verifiedMobile) return;
    const outcome = await registerUser({ verificationToken: verifiedMobile.token });
    if (outcome.__typename === 'UserRegistered') return onRegistered(outcome.user.mobile);

    // The token is unexpired and known to this page alone: the registration that got no response has spent it.
    const isSpentByUs = verifiedMobile.mayBeSpent && Date.now() < verifiedMobile.expiresAtMs;
    if (outcome.__typename === 'InvalidVerificationTokenError' && isSpentByUs)
      return onRegistered(credentials.mobile);

    if (outcome.__typename === 'NoResponse') verifiedMobile.mayBeSpent = true;
    else if (outcome.__typename !== 'ServiceUnavailableError') lastVerified.current = undefined;
    const show = outcome.__typename === 'NoResponse' ? showPageFeedback : showServiceFeedback;
    show(
      (messages) => [registerFeedback(outcome, messages)],
      () => register(credentials),
    );
  };

  return { register, isRunning: isVerifying || isRegistering };
}
