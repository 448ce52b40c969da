// Executes a request at most once. Replays, concurrent or later, get the stored response.

import { setTimeout as sleep } from 'node:timers/promises';
import { randomId } from '../../common/random-id.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import { ABANDONED_CLAIM_AFTER_MS, STORE_BUDGET_PER_REQUEST_MS } from '../../config/time-budgets.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import type { RateLimit, RateLimitExceeded } from '../../rate-limiting/rate-limit.ts';
import type { IdempotencyClaim, IdempotencyStore } from './idempotency.store.ts';

export interface IdempotencySettings {
  /** How long a response is stored. */
  readonly responseTtlSeconds: number;
  /** The longest that an execution takes. Replays do not wait longer for the original. */
  readonly executionTimeoutMs: number;
}

/** One idempotency key, and what the service needs to know about its request. */
export interface IdempotencyKey<Response> {
  /** The Redis key of its record. */
  readonly record: string;
  /** Reserved by the original request, never by a replay. */
  readonly rateLimits: readonly RateLimit[];
  /** Whether an abandoned request has had no effect yet, so that another may execute it. */
  readonly isUnexecuted: () => Promise<boolean>;
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
    key: IdempotencyKey<Response>,
    execute: () => Promise<Response>,
  ): Promise<Response | ServiceUnavailableError | RateLimitExceeded> {
    for (;;) {
      const result = await this.store.claim(key.record, key.rateLimits, randomId());
      switch (result.kind) {
        case 'exceeded':
          return result;
        case 'completed':
          return key.deserialize(result.response);
        case 'claimed':
          return this.execute(key, result.claim, execute);
      }

      const { claim, ageMs } = result;
      if (ageMs >= ABANDONED_CLAIM_AFTER_MS && (await key.isUnexecuted())) {
        const ownClaim = await this.store.takeOver(claim, randomId());
        if (ownClaim) return this.execute(key, ownClaim, execute);
      } else if (ageMs >= this.settings.executionTimeoutMs) {
        // The process of the original request died. It may have sent an SMS, so this request must not send one.
        const response = new ServiceUnavailableError();
        if (await this.complete(key, claim, response)) return response;
      }
      await sleep(pollDelayMs(ageMs));
    }
  }

  private async execute<Response>(
    key: IdempotencyKey<Response>,
    claim: IdempotencyClaim,
    execute: () => Promise<Response>,
  ): Promise<Response> {
    try {
      const response = await execute();
      this.completeInBackground(key, claim, response);
      return response;
    } catch (error) {
      this.completeInBackground(key, claim, new ServiceUnavailableError());
      throw error;
    }
  }

  /**
   * The client does not wait for this write. A graceful shutdown does, because Redis closes after its last reply. If the
   * write fails, replays treat the request as one whose process died; the outage is logged by the Redis client.
   */
  private completeInBackground<Response>(
    key: IdempotencyKey<Response>,
    claim: IdempotencyClaim,
    response: Response | ServiceUnavailableError,
  ): void {
    withTimeBudget(STORE_BUDGET_PER_REQUEST_MS, () => this.complete(key, claim, response)).catch(() => {});
  }

  /** `ServiceUnavailableError` is stored only for its `retryAfterSeconds`: a later retry learns the state of its captcha. */
  private complete<Response>(
    key: IdempotencyKey<Response>,
    claim: IdempotencyClaim,
    response: Response | ServiceUnavailableError,
  ): Promise<boolean> {
    const ttlSeconds =
      response instanceof ServiceUnavailableError
        ? response.retryAfterSeconds
        : this.settings.responseTtlSeconds;
    return this.store.complete(claim, key.serialize(response), ttlSeconds * 1000);
  }
}

/** A tenth of the time that the original request has taken: short waits end soon, long waits poll rarely. */
function pollDelayMs(ageMs: number): number {
  return Math.min(Math.max(ageMs / 10, 50), 500);
}
