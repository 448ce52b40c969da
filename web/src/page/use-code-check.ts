// From a code to a registered user, or to a user who is logged in.

import { useRef } from 'react';
import type { VerifySmsCodeOutcome } from 'yanzheng-sdk';
import { useRegisterUser, useVerifySmsCode } from 'yanzheng-sdk/react';
import { registerFeedback, verifyFeedback } from './feedback.ts';
import type { Purpose } from './purpose.ts';
import type { FeedbackControl } from './use-feedback.ts';

interface Credentials {
  readonly mobile: string;
  readonly code: string;
  readonly purpose: Purpose;
}

export interface Success {
  readonly mobile: string;
  readonly purpose: Purpose;
  readonly token: string;
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
export function useCodeCheck(
  control: FeedbackControl,
  latestSms: string | undefined,
  onSuccess: (success: Success) => void,
) {
  const knownMismatch = (credentials: Credentials, last: Mismatch | undefined) =>
    areEqual(credentials, last) && last?.sms === latestSms ? last?.outcome : undefined;

  const [verifySmsCode, isVerifying] = useVerifySmsCode();
  const [registerUser, isRegistering] = useRegisterUser();
  const lastVerified = useRef<VerifiedMobile>(undefined);
  const lastMismatch = useRef<Mismatch>(undefined);

  const verify = async (credentials: Credentials): Promise<VerifiedMobile | undefined> => {
    const { current } = lastVerified;
    if (areEqual(credentials, current)) return current;
    const { mobile, code, purpose } = credentials;
    const outcome =
      knownMismatch(credentials, lastMismatch.current) ?? (await verifySmsCode({ mobile, code, purpose }));
    if (outcome.__typename === 'SmsCodeMismatchError')
      lastMismatch.current = { ...credentials, sms: latestSms, outcome };
    if (outcome.__typename === 'MobileVerified') {
      const expiresAtMs = Date.now() + outcome.expiresInSeconds * 1000;
      lastVerified.current = { ...credentials, token: outcome.verificationToken, expiresAtMs };
      return lastVerified.current;
    }
    control.show(
      (messages) => [verifyFeedback(outcome, messages)],
      () => check(credentials),
    );
    return undefined;
  };

  const check = async (credentials: Credentials): Promise<void> => {
    const verifiedMobile = await verify(credentials);
    if (!verifiedMobile) return;
    if (verifiedMobile.purpose === 'REGISTER') await register(verifiedMobile);
    else onSuccess(verifiedMobile);
  };

  const register = async (verifiedMobile: VerifiedMobile): Promise<void> => {
    const outcome = await registerUser({ verificationToken: verifiedMobile.token });
    if (outcome.__typename === 'UserRegistered') return onSuccess(verifiedMobile);

    // The token is unexpired and known to this page alone: the registration that got no response has spent it.
    const isSpentByUs = verifiedMobile.mayBeSpent && Date.now() < verifiedMobile.expiresAtMs;
    if (outcome.__typename === 'InvalidVerificationTokenError' && isSpentByUs)
      return onSuccess(verifiedMobile);

    if (outcome.__typename === 'NoResponse') verifiedMobile.mayBeSpent = true;
    else if (outcome.__typename !== 'ServiceUnavailableError') lastVerified.current = undefined;
    control.show(
      (messages) => [registerFeedback(outcome, messages)],
      () => check(verifiedMobile),
    );
  };

  return { check, isRunning: isVerifying || isRegistering };
}

function areEqual(one: Credentials, other: Credentials | undefined): boolean {
  return one.mobile === other?.mobile && one.code === other.code && one.purpose === other.purpose;
}
