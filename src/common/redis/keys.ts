// The Redis keys of requests for a text, of codes and of the failures at guessing them. They name a mobile by its keyed
// hash.

import { plainAnswer } from '../../captcha/captcha-text.ts';
import type { SmsCodePurpose } from '../../verification/verification.schema.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import { type Mobile, numberRange } from '../phone-number.ts';

/**
 * Every send takes one from the service's day, which is a single key. What has to change together with it therefore
 * lives with it on one node of a Cluster: this hash tag puts it there, and a decision is one atomic script.
 */
export const SMS_SLOT = 'yz:{sms}';

/** What makes two requests for a text the same. */
export interface SmsRequest {
  readonly captchaId: string;
  readonly captchaAnswer: string;
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
}

/** A string: who claimed the request, then how it was answered. */
export function idempotencyKey(hash: KeyedHash, request: SmsRequest): string {
  const { captchaId, captchaAnswer, purpose, mobile } = request;
  const sameness = JSON.stringify([captchaId, plainAnswer(captchaAnswer), purpose, mobile]);
  return `${SMS_SLOT}:idempotency:${hash('request', sameness)}`;
}

/**
 * A hash: the code's nonce, the attempts made at it, the times in ms of the texts that carry it, and, until a resend,
 * the reservation that opened it.
 */
export function smsCodeKey(hash: KeyedHash, purpose: SmsCodePurpose, mobile: Mobile): string {
  return `${SMS_SLOT}:code:${purpose}:${hash('mobile', mobile)}`;
}

/** A list: the times of the last hour's failures. */
export function failuresKey(hash: KeyedHash, purpose: SmsCodePurpose, mobile: Mobile): string {
  return `${SMS_SLOT}:failures:${purpose}:${hash('mobile', mobile)}:hour`;
}

/** A number: the failures since the last success. */
export function failureStreakKey(hash: KeyedHash, purpose: SmsCodePurpose, mobile: Mobile): string {
  return `${SMS_SLOT}:failures:${purpose}:${hash('mobile', mobile)}:streak`;
}

/** A list: the times of the texts to a range of numbers whose code was not verified yet. */
export function rangeKey(hash: KeyedHash, mobile: Mobile): string {
  return `${SMS_SLOT}:ratelimit:range:${hash('range', numberRange(mobile))}:hour`;
}
