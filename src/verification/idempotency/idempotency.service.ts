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

interface Claimed {
  readonly found: ClaimResult;
  /** The rate limit of the address that rejects this request. Its claim, if it had one, is released. */
  readonly exceeded: RateLimitExceeded | undefined;
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
    let abandoned: IdempotencyClaim | undefined;
    let disconnected: AbortSignal | undefined;
    for (;;) {
      const { found, exceeded } = await this.claim(request, abandoned);
      if (found.kind === 'completed') return request.deserialize(found.response);
      if (found.kind === 'claimed') return exceeded ?? this.execute(request, found.claim, execute);

      disconnected ??= request.disconnected();
      const end = await this.pending.wait(found, request.canTakeOver, disconnected);
      if (end === undefined) return new ServiceUnavailableError(); // to a client that has disconnected
      if (end.kind === 'completed') return request.deserialize(end.response);
      // The limit of the address has rejected the original, and this replay as well.
      if (end.kind === 'released' && exceeded) return exceeded;
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
   * do both. Both are sent at once, in one round trip. Afterwards the claim is released if there is no reservation, and the
   * reservation if there is no claim. A request that takes over an abandoned one keeps its reservation too: the address is
   * counted twice then, rather than not at all.
   */
  private async claim<Response>(
    { record, rateLimits }: IdempotentRequest<Response>,
    abandoned: IdempotencyClaim | undefined,
  ): Promise<Claimed> {
    const token = `${record.slice(-REQUEST_NAME_LENGTH)}.${randomToken()}`;
    const [claiming, reserving] = await Promise.allSettled([
      this.store.claim(record, randomId(), abandoned),
      this.rateLimitStore.reserve('requestSmsCode', rateLimits, token),
    ]);
    const found = claiming.status === 'fulfilled' ? claiming.value : undefined;
    const reserved = reserving.status === 'fulfilled' ? reserving.value : undefined;
    if (found?.kind === 'claimed' && reserved?.kind !== 'reserved') this.releaseClaim(found.claim);
    if (reserved?.kind === 'reserved' && found?.kind !== 'claimed')
      this.releaseLimits(rateLimits, reserved.reservation);

    if (claiming.status === 'rejected') throw claiming.reason;
    // The response of a replay does not depend on the rate limits.
    if (reserving.status === 'rejected' && claiming.value.kind === 'claimed') throw reserving.reason;
    return { found: claiming.value, exceeded: reserved?.kind === 'exceeded' ? reserved : undefined };
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
