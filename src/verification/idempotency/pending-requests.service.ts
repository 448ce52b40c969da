// Waits for requests in flight. However many replays of a request wait in this process, one poll reads its record, and it ends
// when the last of them has left.

import { setTimeout as sleep } from 'node:timers/promises';
import { remainingBudgetMs, withTimeBudget } from '../../common/time-budget.ts';
import {
  ABANDONED_CLAIM_AFTER_MS,
  REPLAY_POLL_MAX_MS,
  REPLAY_POLL_MIN_MS,
  STORE_BUDGET_PER_REQUEST_MS,
} from '../../config/time-budgets.ts';
import type { FoundRecord, IdempotencyClaim, IdempotencyStore } from './idempotency.store.ts';

export type PendingRecord = Extract<FoundRecord, { kind: 'pending' }>;

/** Why a wait ended. */
export type WaitEnd =
  /** The original request has completed. */
  | { readonly kind: 'completed'; readonly response: string }
  /** The original request was rejected before it had an effect: its record is gone. */
  | { readonly kind: 'released' }
  /** The process of the original request stopped before it had an effect. */
  | { readonly kind: 'abandoned'; readonly claim: IdempotencyClaim }
  /** The process of the original request stopped, and may have sent an SMS. */
  | { readonly kind: 'lost'; readonly claim: IdempotencyClaim };

interface Poll {
  readonly end: Promise<WaitEnd>;
  readonly stop: AbortController;
  waiters: number;
}

export class PendingRequests {
  private readonly polls = new Map<string, Poll>();

  /** `executionTimeoutMs` is the longest that a request takes. */
  constructor(
    private readonly store: Pick<IdempotencyStore, 'read'>,
    private readonly executionTimeoutMs: number,
  ) {}

  /**
   * Waits for the end of a pending request.
   * @param canTakeOver whether the request had no effect yet. All waiters of a record use that of the first.
   * @returns `undefined` if `disconnected` aborts first.
   * @throws DependencyUnavailableError, to all waiters, if Redis does not answer.
   */
  async wait(
    pending: PendingRecord,
    canTakeOver: () => Promise<boolean>,
    disconnected: AbortSignal,
  ): Promise<WaitEnd | undefined> {
    const { record } = pending.claim;
    const poll = this.polls.get(record) ?? this.start(pending, canTakeOver);
    poll.waiters += 1;
    try {
      return await untilAborted(poll.end, disconnected);
    } finally {
      poll.waiters -= 1;
      if (poll.waiters === 0) this.discard(record, poll);
    }
  }

  private start(pending: PendingRecord, canTakeOver: () => Promise<boolean>): Poll {
    const { record } = pending.claim;
    const stop = new AbortController();
    // All reads of the poll share the time budget of the first request, and end with it if Redis is slow.
    const budgetMs = Math.min(remainingBudgetMs(), STORE_BUDGET_PER_REQUEST_MS);
    const end = withTimeBudget(budgetMs, () => this.poll(pending, canTakeOver, stop.signal));
    end.catch(() => {}); // without a waiter, its error concerns no request
    const poll: Poll = { end, stop, waiters: 0 };
    this.polls.set(record, poll);
    return poll;
  }

  private discard(record: string, poll: Poll): void {
    if (this.polls.get(record) === poll) this.polls.delete(record);
    poll.stop.abort();
  }

  private async poll(
    { claim, ageMs }: PendingRecord,
    canTakeOver: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<WaitEnd> {
    const { record } = claim;
    let [holder, seenSinceMs] = [claim.value, performance.now()];
    for (let delayMs = pollDelayMs(ageMs); ; ) {
      await sleep(delayMs, undefined, { signal });
      const found = await this.store.read(record);
      if (found === undefined) return { kind: 'released' };
      if (found.kind === 'completed') return found;
      if (found.claim.value !== holder) [holder, seenSinceMs] = [found.claim.value, performance.now()];
      // The age is told by the clock of Redis, which may go backwards when another server becomes the primary.
      const currentAgeMs = Math.max(found.ageMs, performance.now() - seenSinceMs);
      if (currentAgeMs >= ABANDONED_CLAIM_AFTER_MS && (await canTakeOver()))
        return { kind: 'abandoned', claim: found.claim };
      if (currentAgeMs >= this.executionTimeoutMs) return { kind: 'lost', claim: found.claim };
      delayMs = pollDelayMs(currentAgeMs);
    }
  }
}

/** A tenth of the time that the original request has taken: short waits end soon, long waits poll rarely. */
function pollDelayMs(ageMs: number): number {
  return Math.min(Math.max(ageMs / 10, REPLAY_POLL_MIN_MS), REPLAY_POLL_MAX_MS);
}

async function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) return undefined;
  let onAbort: () => void = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
