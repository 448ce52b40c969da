// The three steps of a verification as hooks.

import type { Verification } from '../create-verification.ts';
import type { RegisterUserInput, RequestSmsCodeInput, VerifySmsCodeInput } from '../generated/operations.ts';
import type { RegisterUserOutcome, RequestSmsCodeOutcome, VerifySmsCodeOutcome } from '../outcomes.ts';
import { type DedupedCall, useDeduped } from './use-deduped.ts';

/**
 * Requests an SMS with a code. After `NoResponse`, call it again with the same input: the service sends no second SMS.
 * After every other outcome, `isCaptchaSpent(outcome)` tells whether the captcha has to be renewed.
 *
 * @example
 * const [requestSmsCode, isRequesting] = useRequestSmsCode();
 * const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
 * if (outcome.__typename === 'SmsCodeSent') countdown.start(outcome.resendAfterSeconds);
 */
export function useRequestSmsCode(): DedupedCall<RequestSmsCodeInput, RequestSmsCodeOutcome> {
  return useDeduped(requestSmsCode);
}

/**
 * Verifies a code. `MobileVerified` carries the verification token, for `useRegisterUser` or for your own backend. A
 * correct code works once: if the response to it is lost, the person needs a new SMS.
 *
 * @example
 * const [verifySmsCode, isVerifying] = useVerifySmsCode();
 * const outcome = await verifySmsCode({ mobile, code });
 * if (outcome.__typename === 'MobileVerified') await registerUser({ verificationToken: outcome.verificationToken });
 */
export function useVerifySmsCode(): DedupedCall<VerifySmsCodeInput, VerifySmsCodeOutcome> {
  return useDeduped(verifySmsCode);
}

/**
 * Registers the mobile of a verification token. After `ServiceUnavailableError` and `NoResponse`, call it again with the
 * same token: only a successful registration spends the token.
 *
 * @example
 * const [registerUser, isRegistering] = useRegisterUser();
 * const outcome = await registerUser({ verificationToken });
 * if (outcome.__typename === 'UserRegistered') welcome(outcome.user);
 */
export function useRegisterUser(): DedupedCall<RegisterUserInput, RegisterUserOutcome> {
  return useDeduped(registerUser);
}

const requestSmsCode = (verification: Verification, input: RequestSmsCodeInput) =>
  verification.requestSmsCode(input);
const verifySmsCode = (verification: Verification, input: VerifySmsCodeInput) =>
  verification.verifySmsCode(input);
const registerUser = (verification: Verification, input: RegisterUserInput) =>
  verification.registerUser(input);
