// The conductor: which step follows which, and what is taken back when one fails.

import { type KeyObject, randomBytes } from 'node:crypto';
import type { CaptchaService } from '../captcha/captcha.service.ts';
import type { RateLimitStore } from '../rate-limit/rate-limit.store.ts';
import type { KeyedHash } from '../shared/keyed-hash.ts';
import { type Mobile, maskMobile, parseMobile } from '../shared/mobile.ts';
import { UserError } from '../shared/user-error.ts';
import type { SmsSender } from '../sms/sms-sender.ts';
import type { UserRepository } from '../user/user.repository.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../user/user.schema.ts';
import { addressAllowances, type SendLimits, sendAllowances } from './send-allowances.ts';
import type { OpenSmsCode, SmsCodeStore } from './sms-code.store.ts';
import { CODE_LENGTH, deriveSmsCode } from './sms-code.ts';
import {
  IncompleteInputError,
  InvalidMobileError,
  type RequestSmsCodeInput,
  SmsCodePurpose,
  SmsCodeSent,
  SmsNotDeliveredError,
} from './verification.schema.ts';

const NONCE_BYTES = 16;

export interface VerificationParts {
  readonly captchas: CaptchaService;
  readonly rateLimit: RateLimitStore;
  readonly users: UserRepository;
  readonly codes: SmsCodeStore;
  readonly sms: SmsSender;
  readonly hash: KeyedHash;
  readonly codeSecret: KeyObject;
  readonly limits: SendLimits;
}

export class VerificationService {
  constructor(private readonly parts: VerificationParts) {}

  /**
   * Sends a code to a mobile. Every step runs only if all before it passed.
   * @throws DependencyUnavailable if Redis or PostgreSQL does not answer; no text was sent then.
   */
  async requestSmsCode(input: RequestSmsCodeInput, clientAddress: string) {
    const { captchas, rateLimit, codes, hash, limits } = this.parts;
    const missing = emptyFields(input, ['mobile', 'captchaId', 'captchaAnswer']);
    if (missing.length > 0) return new IncompleteInputError(missing);
    const mobile = parseMobile(input.mobile);
    if (mobile === undefined) return new InvalidMobileError();

    const askedTooOften = await rateLimit.reserve(addressAllowances(hash, limits, clientAddress));
    if (askedTooOften) return askedTooOften;

    const refusedCaptcha = await captchas.take(input.captchaId, input.captchaAnswer);
    if (refusedCaptcha) return refusedCaptcha;

    const wrongState = await this.wrongState(input.purpose, mobile);
    if (wrongState) return wrongState;

    const allowances = sendAllowances(hash, limits, mobile);
    const code = await codes.open(input.purpose, mobile, allowances, newNonce());
    if (code instanceof UserError) return code;

    const outcome = await this.send(input.purpose, mobile, code);
    switch (outcome.kind) {
      case 'sent':
        return this.sent(mobile, code);
      case 'notSent':
        await code.discard();
        return new SmsNotDeliveredError(false, outcome.retryAfterSeconds);
      case 'unknown':
        return new SmsNotDeliveredError(true, limits.resendGapSeconds);
    }
  }

  private async wrongState(purpose: SmsCodePurpose, mobile: Mobile) {
    const isRegistered = await this.parts.users.isRegistered(mobile);
    if (purpose === SmsCodePurpose.REGISTER)
      return isRegistered ? new MobileAlreadyRegisteredError() : undefined;
    return isRegistered ? undefined : new MobileNotRegisteredError();
  }

  private send(purpose: SmsCodePurpose, mobile: Mobile, { nonce, expiresInMs }: OpenSmsCode) {
    return this.parts.sms.send({
      mobile,
      code: deriveSmsCode(this.parts.codeSecret, { purpose, mobile, nonce }),
      validForMinutes: Math.max(1, Math.floor(expiresInMs / 60_000)),
    });
  }

  private sent(mobile: Mobile, { expiresInMs }: OpenSmsCode): SmsCodeSent {
    return new SmsCodeSent({
      mobile: maskMobile(mobile),
      codeLength: CODE_LENGTH,
      expiresInSeconds: Math.floor(expiresInMs / 1000),
      resendAfterSeconds: this.parts.limits.resendGapSeconds,
    });
  }
}

function emptyFields<Input>(input: Input, names: readonly (keyof Input & string)[]): string[] {
  return names.filter((name) => String(input[name]).trim() === '');
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
