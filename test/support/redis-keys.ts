// The names of Redis keys, as an operator finds them. The tests build them by themselves: a renamed key is a breaking
// change, which must fail a test.

import { createSecretKey } from 'node:crypto';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import type { Purpose, SmsCodeRequest } from './api.ts';
import { CODE_SECRET } from './test-settings.ts';

const hash = createKeyedHash(createSecretKey(Buffer.from(CODE_SECRET)));

export function captchaKey(captchaId: unknown): string {
  return `yz:captcha:${captchaId}`;
}

export function tokenKey(jti: unknown): string {
  return `yz:token:${jti}`;
}

export function smsCodeKey(purpose: Purpose, mobile: string): string {
  return `${rangeSlot(mobile)}:code:${purpose}:${hash('mobile', `+86${mobile}`)}`;
}

/** For a mobile of eleven digits. */
export function idempotencyKey(request: SmsCodeRequest): string {
  const { mobile, captchaId, captchaAnswer, purpose = 'REGISTER' } = request;
  const identity = JSON.stringify([captchaId, captchaAnswer.toLowerCase(), purpose, `+86${mobile}`]);
  return `${rangeSlot(mobile)}:idempotency:${hash('request', identity)}`;
}

/** Everything of a mobile lies in the slot of its number range. */
function rangeSlot(mobile: string): string {
  return `yz:{r:${hash('range', `+86${mobile.slice(0, 7)}`)}}`;
}
