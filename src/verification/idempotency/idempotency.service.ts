// Gives a request for a text that comes again the answer that it got first, and lets no more than one of them act.

import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptchaService } from '../../captcha/captcha.service.ts';
import { ServiceUnavailableError } from '../../common/dependency.ts';
import { randomId } from '../../common/random-id.ts';
import type { SmsRequest } from '../../common/redis/keys.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import type { RateLimit } from '../../rate-limiting/rate-limit.ts';
import type { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { RequestSmsCodeAnswer } from '../request-sms-code/request-sms-code.schema.ts';
import { answerOf, recordOf } from '../request-sms-code/stored-response.ts';
import type { IdempotencyStore, RequestClaim } from './idempotency.store.ts';

/** A claim is followed by the captcha within the store time of its request, unless its process stands still. */
const CLAIM_IS_LEFT_AFTER_MS = 2000;

export interface FirstAnswerSettings {
  /** How long an answer is given again. */
  readonly captchaTtlSeconds: number;
  /** The longest that a request takes: nobody waits for one that is older. */
  readonly requestAtMostMs: number;
}

/** What a request is to its address and to those like it. */
export type Turn =
  /** It is the first: what the walk answers is kept for all others. */
  | {
      readonly kind: 'first';
      readonly answer: (walk: () => Promise<RequestSmsCodeAnswer>) => Promise<RequestSmsCodeAnswer>;
    }
  /** It was made before: this was, or is, the answer. */
  | { readonly kind: 'repeat'; readonly answer: RequestSmsCodeAnswer }
  /** Its address has no room for it. It counts as never made. */
  | { readonly kind: 'refused'; readonly refusal: TooManyRequestsError };

export class IdempotencyService {
  constructor(
    private readonly requests: IdempotencyStore,
    private readonly captchas: CaptchaService,
    private readonly settings: FirstAnswerSettings,
  ) {}

  /**
   * Waits for the first of the same requests, if there is one that has no answer yet.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async turn(request: SmsRequest, allowances: readonly RateLimit[]): Promise<Turn> {
    for (;;) {
      const state = await this.requests.claim(request, allowances, randomId());
      if (state.kind === 'refused') return state;
      if (state.kind === 'first') return this.first(state.claim);
      if (state.kind === 'answered')
        return { kind: 'repeat', answer: answerOf(state.record, request.mobile, Date.now()) };

      if (state.ageMs >= CLAIM_IS_LEFT_AFTER_MS && (await this.captchas.isLive(request.captchaId))) {
        const claim = await state.takeOver(randomId());
        if (claim) return this.first(claim);
      } else if (state.ageMs >= this.settings.requestAtMostMs) {
        // Its process died. Nobody knows whether a text went out, so none does now.
        const answer = new ServiceUnavailableError();
        if (await this.record(state.claim, answer)) return { kind: 'repeat', answer };
      }
      await sleep(pauseMs(state.ageMs));
    }
  }

  private first(claim: RequestClaim): Turn {
    const answer = async (walk: () => Promise<RequestSmsCodeAnswer>) => {
      try {
        const outcome = await walk();
        this.keep(claim, outcome);
        return outcome;
      } catch (error) {
        this.keep(claim, new ServiceUnavailableError());
        throw error;
      }
    };
    return { kind: 'first', answer };
  }

  /**
   * Nobody waits for it: the reply does not, and a stop does by closing Redis after all that was asked of it. If it
   * fails, which Redis's guard tells, the first is one that never answered.
   */
  private keep(claim: RequestClaim, answer: RequestSmsCodeAnswer): void {
    withTimeBudget(() => this.record(claim, answer)).catch(() => {});
  }

  /** An outage is the answer for as long as it says itself; then the same request is told what became of its captcha. */
  private async record(claim: RequestClaim, answer: RequestSmsCodeAnswer): Promise<boolean> {
    const isOutage = answer instanceof ServiceUnavailableError;
    const lifeSeconds = isOutage ? answer.retryAfterSeconds : this.settings.captchaTtlSeconds;
    return claim.record(recordOf(answer, Date.now()), lifeSeconds * 1000);
  }
}

/** A tenth of the time that it has taken so far: soon after a short wait, and not too often in a long one. */
function pauseMs(ageMs: number): number {
  return Math.min(Math.max(ageMs / 10, 50), 500);
}
