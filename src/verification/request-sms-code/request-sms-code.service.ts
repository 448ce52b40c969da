// The walk of `requestSmsCode`: which step follows which, and what is taken back when one fails.

import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptchaService } from '../../captcha/captcha.service.ts';
import type { Audit, Caller } from '../../common/audit.ts';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import { type Mobile, maskMobile, parseMobile } from '../../common/phone-number.ts';
import { randomId } from '../../common/random-id.ts';
import { UserError } from '../../errors/user-error.ts';
import { addressAllowances, type SendLimits, sendAllowances } from '../../rate-limiting/limits.ts';
import type { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { SmsOutcome, SmsSender } from '../../sms/sms-sender.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { MobileAlreadyRegisteredError, MobileNotRegisteredError } from '../../users/user.schema.ts';
import type { OpenSmsCode, SmsCodeStore } from '../codes/sms-code.store.ts';
import { CODE_LENGTH, deriveSmsCode } from '../codes/sms-code.ts';
import type { IdempotencyService } from '../idempotency/idempotency.service.ts';
import { emptyFields } from '../missing-fields.ts';
import { IncompleteInputError, InvalidMobileError, SmsCodePurpose } from '../verification.schema.ts';
import {
  type RequestSmsCodeAnswer,
  type RequestSmsCodeInput,
  SmsCodeSent,
  SmsSendFailedError,
} from './request-sms-code.schema.ts';

/** Longer than the gateway takes for nearly every text, so that it does not matter whether one was sent. */
const CONCEALING_ANSWER_MS = 1000;

export interface RequestSmsCodeDependencies {
  readonly idempotency: IdempotencyService;
  readonly captchas: CaptchaService;
  readonly users: UserRepository;
  readonly codes: SmsCodeStore;
  readonly sms: SmsSender;
  readonly hash: KeyedHash;
  readonly codeSecret: KeyObject;
  readonly limits: SendLimits;
  /** Whether answers hide which mobiles are registered. */
  readonly conceals: boolean;
  readonly audit: Audit;
}

/** One request as far as its mobile is known. */
interface Request {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  readonly caller: Caller;
}

export class RequestSmsCodeService {
  constructor(private readonly parts: RequestSmsCodeDependencies) {}

  /**
   * Sends a code to a mobile. Every step runs only if all before it passed; of the same requests, those for the first
   * alone, and the others get its answer.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; no text was sent then.
   */
  async requestSmsCode(input: RequestSmsCodeInput, caller: Caller): Promise<RequestSmsCodeAnswer> {
    const { idempotency, hash, limits } = this.parts;
    const missing = emptyFields(input, ['mobile', 'captchaId', 'captchaAnswer']);
    if (missing.length > 0) return new IncompleteInputError(missing);
    const mobile = parseMobile(input.mobile);
    if (mobile === undefined) return new InvalidMobileError();
    const request: Request = { purpose: input.purpose, mobile, caller };

    const ofTheAddress = addressAllowances(hash, limits, caller.clientAddress);
    const turn = await idempotency.turn({ ...input, mobile }, ofTheAddress);
    if (turn.kind === 'refused') return this.refused(turn.refusal, request);
    if (turn.kind === 'repeat') return turn.answer;
    return turn.answer(() => this.walk(input, request));
  }

  private async walk(input: RequestSmsCodeInput, request: Request): Promise<RequestSmsCodeAnswer> {
    const { captchas, codes, hash, limits, conceals } = this.parts;
    const { purpose, mobile, caller } = request;

    const refusedCaptcha = await captchas.take(input.captchaId, input.captchaAnswer, caller);
    if (refusedCaptcha) return refusedCaptcha;

    const answerTime = conceals ? sleep(CONCEALING_ANSWER_MS, undefined, { ref: false }) : undefined;
    const wrongState = await this.wrongState(request);
    if (wrongState && !conceals) return wrongState;

    const code = await codes.open(purpose, mobile, sendAllowances(hash, limits, mobile), randomId());
    if (code instanceof UserError) return this.refused(code, request);
    this.parts.audit('code_requested', { ...request });

    return answerTime
      ? this.sendConcealed(request, code, { withheld: wrongState !== undefined, answerTime })
      : this.sendOpenly(request, code);
  }

  private async sendOpenly(request: Request, code: OpenSmsCode) {
    const outcome = await this.send(request, code);
    switch (outcome.kind) {
      case 'accepted':
        return this.sent(request, code);
      case 'rejected':
        await code.discard();
        return new SmsSendFailedError(false, outcome.retryAfterSeconds);
      case 'unknown':
        return new SmsSendFailedError(true, this.parts.limits.resendGapSeconds);
    }
  }

  /**
   * Answers at a fixed time, whether or not a text goes out and whatever becomes of it: neither may be told, since for
   * a mobile in the wrong state there is nothing to tell. Its code is opened like any other, and sent to nobody.
   */
  private async sendConcealed(
    request: Request,
    code: OpenSmsCode,
    { withheld, answerTime }: { withheld: boolean; answerTime: Promise<void> },
  ) {
    if (withheld) this.parts.audit('sms_suppressed', { ...request });
    else void this.send(request, code).catch((error) => this.notSent(request, error));
    await answerTime;
    return this.sent(request, code);
  }

  private async wrongState({ purpose, mobile }: Request) {
    const isRegistered = await this.parts.users.isRegistered(mobile);
    if (purpose === SmsCodePurpose.REGISTER)
      return isRegistered ? new MobileAlreadyRegisteredError() : undefined;
    return isRegistered ? undefined : new MobileNotRegisteredError();
  }

  private async send(request: Request, { nonce, expiresInMs }: OpenSmsCode): Promise<SmsOutcome> {
    const { purpose, mobile } = request;
    const outcome = await this.parts.sms.send({
      mobile,
      code: deriveSmsCode(this.parts.codeSecret, { purpose, mobile, nonce }),
      validForMinutes: Math.max(1, Math.floor(expiresInMs / 60_000)),
    });
    const { kind, ...facts } = outcome;
    this.parts.audit(kind === 'accepted' ? 'code_sent' : 'code_not_sent', {
      ...request,
      outcome: kind,
      ...facts,
    });
    return outcome;
  }

  /** Nobody waits for it, so nobody else can tell. */
  private notSent(request: Request, error: Error): void {
    this.parts.audit('code_not_sent', { ...request, outcome: 'unknown', reason: error.name });
  }

  private sent({ mobile }: Request, { expiresInMs }: OpenSmsCode): SmsCodeSent {
    return new SmsCodeSent({
      mobile: maskMobile(mobile),
      codeLength: CODE_LENGTH,
      expiresInSeconds: Math.floor(expiresInMs / 1000),
      resendAfterSeconds: this.parts.limits.resendGapSeconds,
    });
  }

  private refused(refusal: TooManyRequestsError, request: Request): TooManyRequestsError {
    this.parts.audit('rate_limit_exceeded', { ...request, scope: refusal.scope });
    return refusal;
  }
}
