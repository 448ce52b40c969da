// Executes a request at most once. Replays, concurrent or later, get the stored response.

import { setTimeout as sleep } from 'node:timers/promises';
import { randomId } from '../../common/random-id.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import {
  ABANDONED_CLAIM_AFTER_MS,
  REPLAY_POLL_MAX_MS,
  REPLAY_POLL_MIN_MS,
  STORE_BUDGET_PER_REQUEST_MS,
} from '../../config/time-budgets.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import type { LimitsOf } from '../../rate-limiting/limits.ts';
import type { RateLimitExceeded } from '../../rate-limiting/rate-limit.ts';
import type { IdempotencyClaim, IdempotencyStore } from './idempotency.store.ts';

export interface IdempotencySettings {
  /** How long a response is stored. */
  readonly responseTtlSeconds: number;
  /** The longest that an execution takes. Replays do not wait longer for the original. */
  readonly executionTimeoutMs: number;
}

/** A request with its idempotency key. */
export interface IdempotentRequest<Response> {
  /** The Redis key of the idempotency record: equal for the original request and its replays. */
  readonly record: string;
  /** Reserved by the original request, never by a replay. */
  readonly rateLimits: LimitsOf<'requestSmsCode'>;
  /** Whether an abandoned original had no effect, so that a replay may execute the request. */
  readonly canTakeOver: () => Promise<boolean>;
  readonly serialize: (response: Response | ServiceUnavailableError) => string;
  readonly deserialize: (stored: string) => Response | ServiceUnavailableError;
}

export class IdempotencyService {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly settings: IdempotencySettings,
  ) {}

  /**
   * Executes the request if its key is new. Otherwise returns the stored response, after waiting for the original
   * request if that is in flight.
   * @returns `RateLimitExceeded` if the rate limits reject a new key; the request counts as never made then.
   * @throws DependencyUnavailableError if Redis does not answer, and every error of `execute`.
   */
  async run<Response>(
    request: IdempotentRequest<Response>,
    execute: () => Promise<Response>,
  ): Promise<Response | ServiceUnavailableError | RateLimitExceeded> {
    for (;;) {
      const result = await this.store.claim(request.record, request.rateLimits, randomId());
      switch (result.kind) {
        case 'exceeded':
          return result;
        case 'completed':
          return request.deserialize(result.response);
        case 'claimed':
          return this.execute(request, result.claim, execute);
      }

      const { claim, ageMs } = result;
      if (ageMs >= ABANDONED_CLAIM_AFTER_MS && (await request.canTakeOver())) {
        const ownClaim = await this.store.takeOver(claim, randomId());
        if (ownClaim) return this.execute(request, ownClaim, execute);
      } else if (ageMs >= this.settings.executionTimeoutMs) {
        // The process of the original request died. It may have sent an SMS, so this request must not send one.
        const response = new ServiceUnavailableError();
        if (await this.complete(request, claim, response)) return response;
      }
      await sleep(pollDelayMs(ageMs));
    }
  }

  private async execute<Response>(
    request: IdempotentRequest<Response>,
    claim: IdempotencyClaim,
    execute: () => Promise<Response>,
  ): Promise<Response> {
    try {
      const response = await execute();
      this.completeInBackground(request, claim, response);
      return response;
    } catch (error) {
      this.completeInBackground(request, claim, new ServiceUnavailableError());
      throw error;
    }
  }

  /**
   * The client does not wait for this write. A graceful shutdown does, because Redis closes after its last reply. If the
   * write fails, replays treat the request as one whose process died; the outage is logged by the Redis client.
   */
  private completeInBackground<Response>(
    request: IdempotentRequest<Response>,
    claim: IdempotencyClaim,
    response: Response | ServiceUnavailableError,
  ): void {
    withTimeBudget(STORE_BUDGET_PER_REQUEST_MS, () => this.complete(request, claim, response)).catch(
      () => {},
    );
  }

  /** `ServiceUnavailableError` is stored only for its `retryAfterSeconds`: a later retry learns the state of its captcha. */
  private complete<Response>(
    request: IdempotentRequest<Response>,
    claim: IdempotencyClaim,
    response: Response | ServiceUnavailableError,
  ): Promise<boolean> {
    const ttlSeconds =
      response instanceof ServiceUnavailableError
        ? response.retryAfterSeconds
        : this.settings.responseTtlSeconds;
    return this.store.complete(claim, request.serialize(response), ttlSeconds * 1000);
  }
}

/** A tenth of the time that the original request has taken: short waits end soon, long waits poll rarely. */
function pollDelayMs(ageMs: number): number {
  return Math.min(Math.max(ageMs / 10, REPLAY_POLL_MIN_MS), REPLAY_POLL_MAX_MS);
}
