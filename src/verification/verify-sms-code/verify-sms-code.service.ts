// The use case `verifySmsCode`: count the attempt, compare the code, consume it, sign a token.

import type { KeyObject } from 'node:crypto';
import type { Audit, Caller } from '../../common/audit.ts';
import { type Mobile, parseMobile } from '../../common/phone-number.ts';
import { randomId, randomToken } from '../../common/random-id.ts';
import type { GuardService } from '../../guard/guard.service.ts';
import type { RateLimits } from '../../rate-limiting/limits.ts';
import type { RateLimitStore } from '../../rate-limiting/rate-limit.store.ts';
import { exceededFacts, RateLimitScope } from '../../rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { VerifiedSms } from '../../sms/delivery/verified-sms.service.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { deriveSmsCode, isSmsCode } from '../codes/sms-code.ts';
import type {
  ConsumedSmsCode,
  SmsCodeAttemptStore,
  VerificationLocked,
} from '../codes/sms-code-attempt.store.ts';
import { missingFields } from '../missing-fields.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import type { TestMobiles } from '../test-mobiles/test-mobiles.ts';
import type { VerificationTokens } from '../tokens/verification-token.ts';
import { IncompleteInputError, InvalidMobileError } from '../verification.schema.ts';
import {
  MobileVerified,
  SmsCodeExpiredError,
  SmsCodeMismatchError,
  type VerifySmsCodeInput,
} from './verify-sms-code.schema.ts';

export interface VerifySmsCodeDependencies {
  readonly rateLimits: RateLimits;
  readonly rateLimitStore: RateLimitStore;
  readonly users: UserRepository;
  readonly attempts: SmsCodeAttemptStore;
  readonly verifiedSms: VerifiedSms;
  readonly guard: GuardService;
  readonly testMobiles: TestMobiles;
  readonly tokens: VerificationTokens;
  readonly codeSecret: KeyObject;
  readonly audit: Audit;
}

/** A request whose input is valid. */
interface ValidRequest {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  readonly caller: Caller;
}

export class VerifySmsCodeService {
  constructor(private readonly dependencies: VerifySmsCodeDependencies) {}

  /**
   * Verifies that the client has access to a mobile. The attempt is counted before the code is compared.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; nothing is verified then.
   */
  async verifySmsCode(input: VerifySmsCodeInput, caller: Caller) {
    const { users, attempts, rateLimits, testMobiles, codeSecret, audit } = this.dependencies;
    const missing = missingFields(input, ['mobile', 'code']);
    if (missing.length > 0) return new IncompleteInputError(missing);
    const mobile = parseMobile(input.mobile);
    if (mobile === undefined) return new InvalidMobileError();
    const { purpose } = input;
    const request: ValidRequest = { purpose, mobile, caller };

    const addressError = await this.reserveAddressLimit(caller);
    if (addressError) return addressError;

    // Before the attempt is counted: an outage of PostgreSQL must not cost an attempt.
    const isLogin = purpose === SmsCodePurpose.LOGIN;
    const userId = isLogin ? await users.findId(mobile) : undefined;

    const attempt = await attempts.count(purpose, mobile);
    if (attempt.kind === 'locked') return this.locked(request, attempt);
    if (attempt.kind === 'noCode') return this.codeExpired(request);

    const testCode = testMobiles.codeOf(mobile, Date.now());
    const isCorrect = isSmsCode(testCode ?? deriveSmsCode(codeSecret, attempt), input.code);
    const isUserMissing = isLogin && userId === undefined;
    if (!isCorrect || isUserMissing) return this.codeMismatch(request, attempt.attemptsRemaining);
    // Of several callers with the correct code, only the one whose call deletes it gets a token.
    const consumed = await attempts.consume(attempt, rateLimits.releasedByVerification(mobile));
    if (consumed === undefined) return this.codeExpired(request);
    audit('verify_ok', request);
    if (testCode !== undefined) audit('test_mobile_used', { ...request, operation: 'verifySmsCode' });
    // The token is signed while Redis records the proof. The code of a test mobile proves nothing.
    const recorded = testCode === undefined ? this.recordProof(request, consumed) : undefined;
    const response = this.mobileVerified(request, userId);
    await recorded;
    return response;
  }

  /** Its SMS arrived, and are open no longer. */
  private async recordProof(
    { mobile, caller }: ValidRequest,
    { deliveries, isFirstProofOfDay }: ConsumedSmsCode,
  ): Promise<void> {
    const { verifiedSms, guard } = this.dependencies;
    const entries = await verifiedSms.record(deliveries);
    await guard.prove({ mobile, clientAddress: caller.clientAddress, entries, isFirstProofOfDay });
  }

  private async reserveAddressLimit(caller: Caller): Promise<TooManyRequestsError | undefined> {
    const { rateLimits, rateLimitStore, audit } = this.dependencies;
    const limits = rateLimits.of('verifySmsCode', caller.clientAddress);
    const reserved = await rateLimitStore.reserve('verifySmsCode', limits, randomToken());
    if (reserved.kind === 'reserved') return undefined;
    audit('rate_limit_exceeded', { caller, ...exceededFacts(reserved) });
    return new TooManyRequestsError(reserved);
  }

  private locked(request: ValidRequest, { retryAfterSeconds }: VerificationLocked): TooManyRequestsError {
    this.dependencies.audit('verification_locked', request);
    return new TooManyRequestsError({ scope: RateLimitScope.MOBILE, retryAfterSeconds });
  }

  private codeExpired(request: ValidRequest): SmsCodeExpiredError {
    this.dependencies.audit('verify_failed', { ...request, reason: 'code_expired' });
    return new SmsCodeExpiredError();
  }

  private codeMismatch(request: ValidRequest, attemptsRemaining: number): SmsCodeMismatchError {
    this.dependencies.audit('verify_failed', { ...request, reason: 'code_mismatch' });
    return new SmsCodeMismatchError(attemptsRemaining);
  }

  private mobileVerified({ purpose, mobile }: ValidRequest, userId: string | undefined): MobileVerified {
    const claims = { purpose, mobile, userId };
    const { token, expiresInSeconds } = this.dependencies.tokens.sign(claims, randomId(), Date.now());
    return new MobileVerified({ verificationToken: token, expiresInSeconds });
  }
}
