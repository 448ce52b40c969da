// From a code to a registered user.

import { useRef } from 'react';
import { useRegisterUser, useVerifySmsCode } from '../verification/index.ts';
import { registerFeedback, verifyFeedback } from './feedback.ts';
import type { FeedbackControl } from './use-feedback.ts';

interface Answered {
  readonly mobile: string;
  readonly code: string;
}

/** A code is spent by being proved, so the proof has to outlive a registration that fails. */
interface Proof extends Answered {
  readonly token: string;
  readonly endsAtMs: number;
  /** A registration with it got no answer: it may have succeeded. */
  mayBeUsed?: boolean;
}

export function useVerification(
  { sayOwn, sayServices }: FeedbackControl,
  onRegistered: (mobile: string) => void,
) {
  const [verifySmsCode, isVerifying] = useVerifySmsCode();
  const [registerUser, isRegistering] = useRegisterUser();
  const kept = useRef<Proof>(undefined);

  const prove = async (answered: Answered): Promise<Proof | undefined> => {
    const { current } = kept;
    if (current?.mobile === answered.mobile && current.code === answered.code) return current;
    const outcome = await verifySmsCode(answered);
    if (outcome.__typename === 'MobileVerified') {
      const endsAtMs = Date.now() + outcome.expiresInSeconds * 1000;
      kept.current = { ...answered, token: outcome.verificationToken, endsAtMs };
      return kept.current;
    }
    const say = outcome.__typename === 'NoResponse' ? sayOwn : sayServices;
    say(
      (texts) => [verifyFeedback(outcome, texts)],
      () => register(answered),
    );
    return undefined;
  };

  const register = async (answered: Answered): Promise<void> => {
    const proof = await prove(answered);
    if (!proof) return;
    const outcome = await registerUser({ verificationToken: proof.token });
    switch (outcome.__typename) {
      case 'UserRegistered':
        return onRegistered(outcome.user.mobile);
      case 'NoResponse':
        proof.mayBeUsed = true;
        sayOwn(
          (texts) => [registerFeedback(outcome, texts)],
          () => register(answered),
        );
        return;
      case 'InvalidVerificationTokenError':
        // Nobody else has it, and it has not expired: it was spent by the try whose answer got lost.
        if (proof.mayBeUsed && Date.now() < proof.endsAtMs) return onRegistered(answered.mobile);
    }
    if (outcome.__typename !== 'ServiceUnavailableError') kept.current = undefined;
    sayServices(
      (texts) => [registerFeedback(outcome, texts)],
      () => register(answered),
    );
  };

  return { register, isRunning: isVerifying || isRegistering };
}
