// The daily cap on SMS. It is about money, so PostgreSQL keeps it: a Redis that loses its data must not send more.
//
// A process leases sends from the row of the day in lots and spends a lot in memory, so that most requests need no SQL for
// the cap. A send that was certainly not made goes back to the lot. A stop returns the lot, and so does a minute without
// requests. A process that crashes loses its lot for the day: fewer SMS can be sent then, never more.

import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../common/dependency.ts';
import { IDLE_LOT_AFTER_MS, SPEND_CAP_RECHECK_MS } from '../config/time-budgets.ts';
import { type RateLimitExceeded, RateLimitScope } from '../rate-limiting/rate-limit.ts';
import { type ChinaDay, hasEnded, secondsUntilEnd, startChinaDay } from './china-day.ts';
import { leaseLot, readToday, returnSends, type SpendToday } from './spend-day.repository.ts';

/** One SMS of a day, which may be sent. */
export interface ReservedSpend {
  readonly kind: 'reserved';
  readonly day: string;
}

/** What is left of the leases of one day. */
interface Lot extends ChinaDay {
  sends: number;
}

/** The cap of a day is reached, as far as this process knows. */
interface ReachedCap extends ChinaDay {
  /** By `performance.now()`. */
  readonly recheckAtMs: number;
}

type Result = ReservedSpend | RateLimitExceeded;

interface Waiter {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class SpendCapService {
  private lot: Lot | undefined;
  private reached: ReachedCap | undefined;
  private lastRequestMs = 0;
  /** Requests that wait for the next lot, in their order. */
  private readonly waiters = new Set<Waiter>();
  private isLeasing = false;

  constructor(
    private readonly database: Dependency<SqlEntityManager>,
    readonly smsPerDay: number,
  ) {}

  /** What this process has leased and not spent. */
  get lotRemaining(): number {
    return this.openLot()?.sends ?? 0;
  }

  /**
   * Reserves one SMS of today.
   * @returns the exceeded cap, with the seconds until the next midnight in China, if the day has no SMS left.
   * @throws DependencyUnavailableError if the lot is spent and PostgreSQL does not answer; nothing is reserved then.
   */
  async reserve(): Promise<Result> {
    this.lastRequestMs = performance.now();
    return this.settle() ?? this.waitForLot();
  }

  /** Releases the reservation of an SMS that was certainly not sent. On a later day it is worth nothing. */
  release({ day }: ReservedSpend): void {
    const lot = this.openLot();
    if (lot?.day === day) lot.sends += 1;
  }

  /**
   * Returns the rest of the lot. Called at the stop, after the last send.
   * @throws DependencyUnavailableError if PostgreSQL does not answer; the lot is lost for the day then.
   */
  async returnLot(): Promise<void> {
    const lot = this.openLot();
    this.lot = undefined;
    if (lot && lot.sends > 0) await this.database.use((em) => returnSends(em, lot.day, lot.sends));
  }

  /**
   * Returns the rest of a lot that this process does not use, so that others can.
   * @throws DependencyUnavailableError if PostgreSQL does not answer; the lot is lost for the day then.
   */
  async returnIdleLot(): Promise<void> {
    if (performance.now() - this.lastRequestMs >= IDLE_LOT_AFTER_MS) await this.returnLot();
  }

  /** @throws DependencyUnavailableError if PostgreSQL does not answer. */
  today(): Promise<SpendToday> {
    return this.database.use(readToday);
  }

  private openLot(): Lot | undefined {
    if (this.lot && hasEnded(this.lot)) this.lot = undefined;
    return this.lot;
  }

  /** The result of a request, if it is known without PostgreSQL. */
  private settle(): Result | undefined {
    return this.spend() ?? this.exceeded();
  }

  private spend(): ReservedSpend | undefined {
    const lot = this.openLot();
    if (lot === undefined || lot.sends === 0) return undefined;
    lot.sends -= 1;
    return { kind: 'reserved', day: lot.day };
  }

  private exceeded(): RateLimitExceeded | undefined {
    const { reached } = this;
    if (reached === undefined || hasEnded(reached) || performance.now() >= reached.recheckAtMs)
      return undefined;
    return {
      kind: 'exceeded',
      rule: 'smsPerDay',
      scope: RateLimitScope.SERVICE,
      retryAfterSeconds: secondsUntilEnd(reached),
    };
  }

  /** Each request waits within its own time limit, and all of them share one statement at a time. */
  private async waitForLot(): Promise<Result> {
    let waiter: Waiter | undefined;
    try {
      return await this.database.use(
        (em) =>
          new Promise<Result>((resolve, reject) => {
            waiter = { resolve, reject };
            this.waiters.add(waiter);
            if (!this.isLeasing) this.leaseForWaiters(em);
          }),
      );
    } finally {
      if (waiter) this.waiters.delete(waiter);
    }
  }

  /** A statement that outlasts its request still fills the lot, for the requests after it. */
  private async leaseForWaiters(em: SqlEntityManager): Promise<void> {
    this.isLeasing = true;
    try {
      while (this.waiters.size > 0) {
        await this.lease(em);
        this.settleWaiters();
      }
    } catch (error) {
      for (const waiter of this.waiters) waiter.reject(error);
      this.waiters.clear();
    } finally {
      this.isLeasing = false;
    }
  }

  private settleWaiters(): void {
    for (const waiter of this.waiters) {
      const result = this.settle();
      if (result === undefined) return;
      this.waiters.delete(waiter);
      waiter.resolve(result);
    }
  }

  private async lease(em: SqlEntityManager): Promise<void> {
    const dayOf = startChinaDay();
    const lease = await leaseLot(em, this.smsPerDay);
    if (lease === undefined) return this.readReached(em);
    const { day, sends, msUntilMidnight } = lease;
    const lot = this.openLot();
    if (lot?.day === day) lot.sends += sends;
    else this.lot = { ...dayOf(day, msUntilMidnight), sends };
  }

  /** The day may have changed since the lease, or another process may have returned sends. */
  private async readReached(em: SqlEntityManager): Promise<void> {
    const dayOf = startChinaDay();
    const { day, leased, msUntilMidnight } = await readToday(em);
    if (leased < this.smsPerDay) return;
    this.reached = {
      ...dayOf(day, msUntilMidnight),
      recheckAtMs: performance.now() + SPEND_CAP_RECHECK_MS,
    };
  }
}
