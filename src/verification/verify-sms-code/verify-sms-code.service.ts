// The walk of `verifySmsCode`.

import type { KeyObject } from 'node:crypto';
import type { Audit, Caller } from '../../common/audit.ts';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../common/phone-number.ts';
import { randomId } from '../../common/random-id.ts';
import { UserError } from '../../errors/user-error.ts';
import type { RateLimitStore } from '../../rate-limiting/rate-limit.store.ts';
import { addressAllowance } from '../../rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { deriveSmsCode, isSmsCode } from '../codes/sms-code.ts';
import { type SmsCodeAttempt, type SmsCodeAttemptStore } from '../codes/sms-code-attempt.store.ts';
import { emptyFields } from '../missing-fields.ts';
import type { VerificationTokens } from '../tokens/verification-token.ts';
import { IncompleteInputError, InvalidMobileError, SmsCodePurpose } from '../verification.schema.ts';
import {
  MobileVerified,
  SmsCodeExpiredError,
  SmsCodeMismatchError,
  type VerifySmsCodeInput,
} from './verify-sms-code.schema.ts';

const HOUR_SECONDS = 60 * 60;

export interface VerifySmsCodeDependencies {
  readonly rateLimit: RateLimitStore;
  readonly users: UserRepository;
  readonly attempts: SmsCodeAttemptStore;
  readonly tokens: VerificationTokens;
  readonly hash: KeyedHash;
  readonly codeSecret: KeyObject;
  readonly perAddressPerHour: number;
  readonly audit: Audit;
}

export class VerifySmsCodeService {
  constructor(private readonly parts: VerifySmsCodeDependencies) {}

  /**
   * Proves that somebody has a mobile, by the code that went there. The attempt is counted before anything is compared.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; nothing is verified then.
   */
  async verifySmsCode(input: VerifySmsCodeInput, caller: Caller) {
    const missing = emptyFields(input, ['mobile', 'code']);
    if (missing.length > 0) return new IncompleteInputError(missing);
    const mobile = parseMobile(input.mobile);
    if (mobile === undefined) return new InvalidMobileError();

    const triedTooOften = await this.reserveAddress(caller);
    if (triedTooOften) return triedTooOften;

    // First, whatever the code is: a database that is away must cost no attempt.
    const userId = input.purpose === SmsCodePurpose.LOGIN ? await this.parts.users.getId(mobile) : undefined;

    const attempt = await this.parts.attempts.count(input.purpose, mobile);
    if (attempt instanceof UserError) return this.refused(attempt, input.purpose, mobile, caller);

    const isRight =
      this.isRight(attempt, input, mobile) && (input.purpose !== SmsCodePurpose.LOGIN || userId);
    const refusal = isRight
      ? !(await attempt.consume()) && new SmsCodeExpiredError()
      : new SmsCodeMismatchError(attempt.attemptsRemaining);
    if (refusal) return this.refused(refusal, input.purpose, mobile, caller);

    this.parts.audit('verify_ok', { caller, mobile, purpose: input.purpose });
    return this.verified(input.purpose, mobile, userId);
  }

  private async reserveAddress(caller: Caller): Promise<TooManyRequestsError | undefined> {
    const { rateLimit, hash, perAddressPerHour, audit } = this.parts;
    const perHour = { limit: perAddressPerHour, windowSeconds: HOUR_SECONDS };
    const allowance = addressAllowance(hash, 'verify', caller.clientAddress, perHour);
    const refusal = await rateLimit.reserve([allowance]);
    if (refusal) audit('rate_limit_exceeded', { caller, scope: refusal.scope });
    return refusal;
  }

  private isRight({ nonce }: SmsCodeAttempt, { purpose, code }: VerifySmsCodeInput, mobile: Mobile): boolean {
    return isSmsCode(deriveSmsCode(this.parts.codeSecret, { purpose, mobile, nonce }), code);
  }

  private refused<Refusal extends UserError>(
    refusal: Refusal,
    purpose: SmsCodePurpose,
    mobile: Mobile,
    caller: Caller,
  ): Refusal {
    const event = refusal instanceof TooManyRequestsError ? 'verification_locked' : 'verify_failed';
    this.parts.audit(event, {
      caller,
      mobile,
      purpose,
      reason: refusal instanceof SmsCodeExpiredError ? 'code_expired' : 'code_mismatch',
    });
    return refusal;
  }

  private async verified(purpose: SmsCodePurpose, mobile: Mobile, userId: string | undefined) {
    const jti = randomId();
    const { token, expiresInSeconds } = await this.parts.tokens.sign(
      { purpose, mobile, userId },
      jti,
      Date.now(),
    );
    return new MobileVerified({ verificationToken: token, expiresInSeconds });
  }
}
