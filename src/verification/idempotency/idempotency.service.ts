// Executes a request at most once. Replays, concurrent or later, get the stored response.

import { randomId, randomToken } from '../../common/random-id.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import { STORE_BUDGET_PER_REQUEST_MS } from '../../config/time-budgets.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import type { LimitsOf } from '../../rate-limiting/limits.ts';
import type { RateLimitStore } from '../../rate-limiting/rate-limit.store.ts';
import type { RateLimitExceeded } from '../../rate-limiting/rate-limit.ts';
import type { ClaimResult, IdempotencyClaim, IdempotencyStore } from './idempotency.store.ts';
import { PendingRequests } from './pending-requests.service.ts';

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
  /** Reserved by the original request. A replay releases its reservation at once. */
  readonly rateLimits: LimitsOf<'requestSmsCode'>;
  /** Whether an abandoned original had no effect, so that a replay may execute the request. */
  readonly canTakeOver: () => Promise<boolean>;
  /** Aborts when the client of this request disconnects. */
  readonly disconnected: () => AbortSignal;
  readonly serialize: (response: Response | ServiceUnavailableError) => string;
  readonly deserialize: (stored: string) => Response | ServiceUnavailableError;
}

/** This many characters of a record's hash tell apart the requests of one address. */
const REQUEST_NAME_LENGTH = 8;

export class IdempotencyService {
  private readonly pending: PendingRequests;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly rateLimitStore: RateLimitStore,
    private readonly settings: IdempotencySettings,
  ) {
    this.pending = new PendingRequests(store, settings.executionTimeoutMs);
  }

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
    for (let abandoned: IdempotencyClaim | undefined; ; ) {
      const result = await this.claim(request, abandoned);
      switch (result.kind) {
        case 'exceeded':
          return result;
        case 'completed':
          return request.deserialize(result.response);
        case 'claimed':
          return this.execute(request, result.claim, execute);
      }

      const end = await this.pending.wait(result, request.canTakeOver, request.disconnected());
      if (end === undefined) return new ServiceUnavailableError(); // to a client that has disconnected
      if (end.kind === 'completed') return request.deserialize(end.response);
      if (end.kind === 'lost') {
        // The original may have sent an SMS, so this request must not send one.
        const response = new ServiceUnavailableError();
        if (await this.complete(request, end.claim, response)) return response;
      }
      abandoned = end.kind === 'abandoned' ? end.claim : undefined;
    }
  }

  /**
   * Claims the record and reserves the rate limits of the address. In a Cluster they lie on different nodes, so no script can
   * do both. Both are sent at once, in one round trip, and then one of them is released if the other fails.
   */
  private async claim<Response>(
    { record, rateLimits }: IdempotentRequest<Response>,
    abandoned: IdempotencyClaim | undefined,
  ): Promise<ClaimResult | RateLimitExceeded> {
    const token = `${record.slice(-REQUEST_NAME_LENGTH)}.${randomToken()}`;
    const [claiming, reserving] = await Promise.allSettled([
      this.store.claim(record, randomId(), abandoned),
      this.rateLimitStore.reserve('requestSmsCode', rateLimits, token),
    ]);
    const claimed = claiming.status === 'fulfilled' ? claiming.value : undefined;
    const reserved = reserving.status === 'fulfilled' ? reserving.value : undefined;
    const mayExecute = claimed?.kind === 'claimed' && reserved?.kind === 'reserved';
    if (claimed?.kind === 'claimed' && !mayExecute) this.releaseClaim(claimed.claim);
    // An abandoned request has its reservation already.
    if (reserved?.kind === 'reserved' && (!mayExecute || abandoned))
      this.releaseLimits(rateLimits, reserved.reservation);

    if (claiming.status === 'rejected') throw claiming.reason;
    if (reserving.status === 'rejected') throw reserving.reason;
    return claiming.value.kind === 'claimed' && reserving.value.kind === 'exceeded'
      ? reserving.value
      : claiming.value;
  }

  private releaseClaim(claim: IdempotencyClaim): void {
    inBackground(() => this.store.release(claim));
  }

  private releaseLimits(rateLimits: LimitsOf<'requestSmsCode'>, reservation: string): void {
    inBackground(() => this.rateLimitStore.release(rateLimits, reservation));
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
    inBackground(() => this.complete(request, claim, response));
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

/** The client does not wait for this call, and its failure is logged by the Redis client only. */
function inBackground(call: () => Promise<unknown>): void {
  withTimeBudget(STORE_BUDGET_PER_REQUEST_MS, call).catch(() => {});
}
