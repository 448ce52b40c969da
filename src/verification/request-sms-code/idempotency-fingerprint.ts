// What makes two requests of `requestSmsCode` the same request.

import { normalizeAnswer } from '../../captcha/captcha-text.ts';
import type { Mobile } from '../../common/phone-number.ts';
import type { SmsCodePurpose } from '../sms-code-purpose.ts';

export interface SmsCodeRequest {
  readonly captchaId: string;
  readonly captchaAnswer: string;
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
}

/** Equal for requests whose captcha, answer, purpose and mobile are equal after normalization. */
export function idempotencyFingerprint({
  captchaId,
  captchaAnswer,
  purpose,
  mobile,
}: SmsCodeRequest): string {
  return JSON.stringify([captchaId, normalizeAnswer(captchaAnswer), purpose, mobile]);
}
