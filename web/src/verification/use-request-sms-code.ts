// Requests an SMS with a code.

import { RequestSmsCodeDocument, type RequestSmsCodeInput } from './generated/graphql';
import type { RequestSmsCodeOutcome } from './outcomes';
import { type MutationTuple, useDedupedMutation } from './use-deduped-mutation';

/**
 * Requests an SMS with a code. After `NoResponse`, call it again with the same input: the service sends no second SMS.
 * Renew the captcha after every other outcome. Only `IncompleteInputError`, `InvalidMobileError` and a
 * `TooManyRequestsError` with the scope `ADDRESS` do not spend it.
 *
 * @example
 * const [requestSmsCode, isRequesting] = useRequestSmsCode();
 * const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
 * if (outcome.__typename === 'SmsCodeSent') countdown.start(outcome.resendAfterSeconds);
 */
export function useRequestSmsCode(): MutationTuple<RequestSmsCodeInput, RequestSmsCodeOutcome> {
  return useDedupedMutation(RequestSmsCodeDocument, 'requestSmsCode');
}
