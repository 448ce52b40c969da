// Asking for a text message.

import { RequestSmsCodeDocument, type RequestSmsCodeInput } from './generated/graphql';
import type { RequestSmsCodeOutcome } from './outcomes';
import { type Ask, useDedupedMutation } from './use-deduped-mutation';

/**
 * Asks for a text message with a code. The captcha is spent by every outcome but `NoResponse`, `IncompleteInputError`,
 * `InvalidMobileError` and a `TooManyRequestsError` of the scope `ADDRESS`; showing a new picture after any but success
 * is right in all cases. After `NoResponse` the very same input may be asked again: no second text leaves.
 *
 * @example
 * const [requestSmsCode, isRequesting] = useRequestSmsCode();
 * const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
 * if (outcome.__typename === 'SmsCodeSent') countdown.start(outcome.resendAfterSeconds);
 */
export function useRequestSmsCode(): Ask<RequestSmsCodeInput, RequestSmsCodeOutcome> {
  return useDedupedMutation(RequestSmsCodeDocument, 'requestSmsCode');
}
