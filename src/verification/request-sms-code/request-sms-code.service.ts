// The use case `requestSmsCode`: the order of the checks, and what is released when the SMS is not sent.

import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptchaService } from '../../captcha/captcha.service.ts';
import type { Audit } from '../../common/audit.ts';
import { type Mobile, maskMobile, parseMobile } from '../../common/phone-number.ts';
import { randomId } from '../../common/random-id.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RequestContext } from '../../common/request-context.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import { STORE_CALL_TIMEOUT_MS, UNIFORM_RESPONSE_TIME_MS } from '../../config/time-budgets.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import type { GuardPass, GuardService } from '../../guard/guard.service.ts';
import type { RateLimits } from '../../rate-limiting/limits.ts';
import {
  exceededFacts,
  isRateLimitExceeded,
  type RateLimitExceeded,
} from '../../rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { DeliveryStore } from '../../sms/delivery/delivery.store.ts';
import type { DeliveryIds } from '../../sms/delivery/delivery-id.ts';
import type { ReservedSpend, SpendCapService } from '../../spend-cap/spend-cap.service.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../users/user.schema.ts';
import type { OpenSmsCode, SmsCodeStore } from '../codes/sms-code.store.ts';
import { CODE_LENGTH } from '../codes/sms-code.ts';
import type { IdempotencyService, IdempotentRequest } from '../idempotency/idempotency.service.ts';
import {
  deserializeResponse,
  type ResponseClass,
  serializeResponse,
} from '../idempotency/stored-response.ts';
import { missingFields } from '../missing-fields.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import { IncompleteInputError, InvalidMobileError } from '../verification.schema.ts';
import { idempotencyFingerprint, type SmsCodeRequest } from './idempotency-fingerprint.ts';
import {
  type RequestSmsCodeInput,
  type RequestSmsCodeResponse,
  requestSmsCodeResultTypes,
  SmsCodeSent,
  SmsSendFailedError,
} from './request-sms-code.schema.ts';
import type { CodeSms, SmsCodeSender } from './sms-code-sender.service.ts';

export interface RequestSmsCodeDependencies {
  readonly idempotency: IdempotencyService;
  readonly captchas: CaptchaService;
  readonly users: UserRepository;
  readonly codes: SmsCodeStore;
  readonly guard: GuardService;
  readonly spendCap: SpendCapService;
  readonly sender: SmsCodeSender;
  readonly deliveryIds: DeliveryIds;
  readonly deliveries: DeliveryStore;
  readonly keys: RedisKeys;
  readonly rateLimits: RateLimits;
  readonly resendAfterSeconds: number;
  /** Whether responses hide if a mobile is registered. */
  readonly enumerationProtection: boolean;
  readonly audit: Audit;
}

type Caller = Pick<RequestContext, 'requestId' | 'clientAddress' | 'disconnected'>;

/** A request whose input is valid. */
interface ValidRequest extends SmsCodeRequest {
  readonly caller: Caller;
}

/** An SMS that may be sent, and what it uses up until it is certain that it was not sent. */
interface ReservedSms extends CodeSms {
  readonly kind: 'reserved';
  /** The secret id of the client. */
  readonly deliveryId: string;
  /** `undefined` for a test mobile, which costs nothing. */
  readonly spend: ReservedSpend | undefined;
}

/** What an SMS uses up besides the limits of its mobile. */
interface Admission {
  readonly kind: 'admitted';
  readonly pass: GuardPass;
  readonly spend: ReservedSpend;
}

export class RequestSmsCodeService {
  constructor(private readonly dependencies: RequestSmsCodeDependencies) {}

  /**
   * Sends a code to a mobile. Each check runs only if all checks before it passed.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; no SMS was sent then.
   */
  async requestSmsCode(input: RequestSmsCodeInput, caller: Caller): Promise<RequestSmsCodeResponse> {
    const missing = missingFields(input, ['mobile', 'captchaId', 'captchaAnswer']);
    if (missing.length > 0) return new IncompleteInputError(missing);
    const mobile = parseMobile(input.mobile);
    if (mobile === undefined) return new InvalidMobileError();
    const { captchaId, captchaAnswer, purpose } = input;
    const request: ValidRequest = { captchaId, captchaAnswer, purpose, mobile, caller };

    const response = await this.dependencies.idempotency.run(this.idempotent(request), () =>
      this.execute(request),
    );
    return isRateLimitExceeded(response) ? this.tooManyRequests(response, request) : response;
  }

  private idempotent(request: ValidRequest): IdempotentRequest<RequestSmsCodeResponse> {
    const { keys, rateLimits, captchas } = this.dependencies;
    return {
      record: keys.idempotencyRecord(request.mobile, idempotencyFingerprint(request)),
      rateLimits: rateLimits.of('requestSmsCode', request.caller.clientAddress),
      canTakeOver: () => captchas.isLive(request.captchaId),
      disconnected: request.caller.disconnected,
      // Redis contains no mobile, not even a masked one. The replay has it.
      serialize: (response) => serializeResponse(response, Date.now(), ['mobile']),
      deserialize: (stored) => restoreResponse(stored, request.mobile),
    };
  }

  private async execute(request: ValidRequest): Promise<RequestSmsCodeResponse> {
    const { captchas, enumerationProtection } = this.dependencies;
    const captchaError = await captchas.redeem(request.captchaId, request.captchaAnswer, request.caller);
    if (captchaError) return captchaError;
    return enumerationProtection ? this.sendUniformly(request) : this.send(request);
  }

  private async send(request: ValidRequest): Promise<RequestSmsCodeResponse> {
    const registrationError = await this.checkRegistration(request);
    if (registrationError) return registrationError;

    const reserved = await this.reserveSms(request);
    if (reserved.kind === 'exceeded') return this.tooManyRequests(reserved, request);

    const outcome = await this.orRelease(reserved, () => this.dependencies.sender.send(reserved));
    switch (outcome.kind) {
      case 'accepted':
        return this.smsCodeSent(reserved);
      case 'rejected': {
        await this.release(reserved);
        const { retryAfterSeconds } = outcome;
        return new SmsSendFailedError({ mayStillArrive: false, retryAfterSeconds });
      }
      case 'unknown': {
        // The SMS may arrive, so the code stays open, and the rate limits and the daily cap stay reserved.
        const retryAfterSeconds = this.dependencies.resendAfterSeconds;
        return new SmsSendFailedError({ mayStillArrive: true, retryAfterSeconds });
      }
    }
  }

  /**
   * User-enumeration protection: the response and its time are the same whether or not the mobile is registered. A
   * suppressed SMS uses up everything that another one does, and the response does not wait for the provider. A rejected
   * send releases nothing: a released cooldown would show that this SMS was not suppressed.
   */
  private async sendUniformly(request: ValidRequest): Promise<RequestSmsCodeResponse> {
    const responseTime = sleep(UNIFORM_RESPONSE_TIME_MS, undefined, { ref: false });
    const registrationError = await this.checkRegistration(request);

    const reserved = await this.reserveSms(request);
    if (reserved.kind === 'exceeded') return this.tooManyRequests(reserved, request);

    // The record of a suppressed SMS is that of any other, so that `smsDelivery` does not tell them apart.
    const { delivery } = reserved.code;
    await this.orRelease(reserved, () =>
      this.dependencies.deliveries.create(delivery, 'requested', reserved.requestedAtMs),
    );
    if (registrationError) this.dependencies.audit('sms_suppressed', auditFacts(request));
    else this.dependencies.sender.sendInBackground(reserved);
    await responseTime;
    return this.smsCodeSent(reserved);
  }

  private async checkRegistration({ purpose, mobile }: ValidRequest) {
    const isRegistered = await this.dependencies.users.isRegistered(mobile);
    if (purpose === SmsCodePurpose.REGISTER)
      return isRegistered ? new MobileAlreadyRegisteredError() : undefined;
    return isRegistered ? undefined : new MobileNotRegisteredError();
  }

  /** The rate limits of the mobile with the code, then the guard, then the daily cap: all or nothing. */
  private async reserveSms(request: ValidRequest): Promise<ReservedSms | RateLimitExceeded> {
    const { deliveryIds, codes, rateLimits, guard, sender, audit } = this.dependencies;
    const { purpose, mobile, caller } = request;
    const [deliveryId, requestedAtMs] = [deliveryIds.create(), Date.now()];
    const delivery = deliveryIds.recordNameOf(deliveryId);
    const [code, isProvenNetwork] = await Promise.all([
      codes.open(purpose, mobile, rateLimits.of('sendSms', mobile), delivery, randomId()),
      guard.isProvenNetwork(caller.clientAddress),
    ]);
    if (code.kind === 'exceeded') return code;
    const reserved = { kind: 'reserved', deliveryId, requestedAtMs, code, caller } as const;
    try {
      const admission = sender.isTestMobile(code)
        ? undefined
        : await this.admit(request, code, isProvenNetwork);
      if (admission?.kind === 'exceeded') {
        await this.releaseCode(code);
        return admission;
      }
      audit('code_requested', auditFacts(request));
      return { ...reserved, guardEntry: admission?.pass.entry, spend: admission?.spend };
    } catch (error) {
      // The caller gets the first error, and does not wait for the release.
      this.releaseCode(code).catch(() => {});
      throw error;
    }
  }

  /** The guard and the daily cap: both or neither. */
  private async admit(
    request: ValidRequest,
    code: OpenSmsCode,
    isProvenNetwork: boolean | undefined,
  ): Promise<Admission | RateLimitExceeded> {
    const { guard, spendCap } = this.dependencies;
    const pass = await guard.admit(auditFacts(request), code.isKnownMobile, isProvenNetwork);
    if (pass.kind === 'exceeded') return pass;
    try {
      const spend = await spendCap.reserve();
      if (spend.kind === 'reserved') return { kind: 'admitted', pass, spend };
      await guard.release(pass.entry);
      return spend;
    } catch (error) {
      // The caller gets the first error, and does not wait for the release.
      guard.release(pass.entry).catch(() => {});
      throw error;
    }
  }

  /** With a time budget of its own: after a slow request, the reservations would stay although no SMS was sent. */
  private releaseCode(code: OpenSmsCode): Promise<void> {
    const { codes, rateLimits } = this.dependencies;
    const limits = rateLimits.of('sendSms', code.mobile);
    return withTimeBudget(STORE_CALL_TIMEOUT_MS, () => codes.release(code, limits));
  }

  /** Runs a step that throws only if no SMS was sent: what was reserved is released then. */
  private async orRelease<T>(reserved: ReservedSms, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      // The caller gets the first error, and does not wait for the release.
      this.release(reserved).catch(() => {});
      throw error;
    }
  }

  private async release({ code, spend, guardEntry }: ReservedSms): Promise<void> {
    if (spend) this.dependencies.spendCap.release(spend);
    await Promise.all([this.releaseCode(code), this.dependencies.guard.release(guardEntry)]);
  }

  private smsCodeSent({ code, deliveryId }: ReservedSms): SmsCodeSent {
    return new SmsCodeSent({
      mobile: maskMobile(code.mobile),
      codeLength: CODE_LENGTH,
      expiresInSeconds: Math.floor(code.expiresInMs / 1000),
      resendAfterSeconds: this.dependencies.resendAfterSeconds,
      deliveryId,
    });
  }

  private tooManyRequests(exceeded: RateLimitExceeded, request: ValidRequest): TooManyRequestsError {
    this.dependencies.audit('rate_limit_exceeded', { ...auditFacts(request), ...exceededFacts(exceeded) });
    return new TooManyRequestsError(exceeded);
  }
}

function restoreResponse(stored: string, mobile: Mobile): RequestSmsCodeResponse {
  const classes: readonly ResponseClass<RequestSmsCodeResponse>[] = requestSmsCodeResultTypes;
  const response = deserializeResponse(stored, classes, Date.now());
  if (response instanceof SmsCodeSent) return new SmsCodeSent({ ...response, mobile: maskMobile(mobile) });
  return response ?? new ServiceUnavailableError();
}

/** The captcha and its answer stay out of the log. */
function auditFacts({ caller, mobile, purpose }: ValidRequest) {
  return { caller, mobile, purpose };
}
