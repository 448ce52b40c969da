// The daily cap on SMS. It is about money, so PostgreSQL keeps it: a Redis that loses its data must not send more.
//
// A process leases sends from the row of the day in lots and spends a lot in memory, so that most requests need no SQL for
// the cap. A send that was certainly not made goes back to the lot, and a stop returns the lot. A process that crashes loses
// its lot for the day: fewer SMS can be sent then, never more.

import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../common/dependency.ts';
import { SPEND_CAP_RECHECK_MS } from '../config/time-budgets.ts';
import { type RateLimitExceeded, RateLimitScope } from '../rate-limiting/rate-limit.ts';
import { leaseLot, readToday, returnSends, type SpendToday } from './spend-day.repository.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** One SMS of a day, which may be sent. */
export interface ReservedSpend {
  readonly kind: 'reserved';
  readonly day: string;
}

/** What is left of the leases of one day. */
interface Lot {
  readonly day: string;
  /** By `performance.now()`, which no change of the clock moves. */
  readonly endsAtMs: number;
  sends: number;
}

type Result = ReservedSpend | RateLimitExceeded;

interface Waiter {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class SpendCapService {
  private lot: Lot | undefined;
  /** Requests that wait for the next lot, in their order. */
  private readonly waiters = new Set<Waiter>();
  private isLeasing = false;
  /** By `performance.now()`: until then the cap counts as reached. */
  private exceededUntilMs = 0;

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
    const reserved = this.spend();
    if (reserved) return reserved;
    return performance.now() < this.exceededUntilMs ? exceeded() : this.waitForLot();
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

  /** @throws DependencyUnavailableError if PostgreSQL does not answer. */
  today(): Promise<SpendToday> {
    return this.database.use(readToday);
  }

  private openLot(): Lot | undefined {
    if (this.lot && performance.now() >= this.lot.endsAtMs) this.lot = undefined;
    return this.lot;
  }

  private spend(): ReservedSpend | undefined {
    const lot = this.openLot();
    if (lot === undefined || lot.sends === 0) return undefined;
    lot.sends -= 1;
    return { kind: 'reserved', day: lot.day };
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

  /** A statement that outlasts its request still fills the lot, so a slow database does not cost one lot per request. */
  private async leaseForWaiters(em: SqlEntityManager): Promise<void> {
    this.isLeasing = true;
    try {
      while (this.waiters.size > 0) {
        const isLeased = await this.lease(em);
        this.settleWaiters((waiter) => {
          const result = isLeased ? this.spend() : exceeded();
          if (result) waiter.resolve(result);
          return result !== undefined;
        });
      }
    } catch (error) {
      this.settleWaiters((waiter) => {
        waiter.reject(error);
        return true;
      });
    } finally {
      this.isLeasing = false;
    }
  }

  private settleWaiters(settle: (waiter: Waiter) => boolean): void {
    for (const waiter of this.waiters) {
      if (!settle(waiter)) return;
      this.waiters.delete(waiter);
    }
  }

  /** @returns whether there is another lot. */
  private async lease(em: SqlEntityManager): Promise<boolean> {
    const startedAtMs = performance.now();
    const lease = await leaseLot(em, this.smsPerDay);
    if (lease === undefined) {
      this.exceededUntilMs = performance.now() + SPEND_CAP_RECHECK_MS;
      return false;
    }
    const { day, sends, msUntilMidnight } = lease;
    const rest = this.openLot();
    if (rest?.day === day) rest.sends += sends;
    else this.lot = { day, sends, endsAtMs: startedAtMs + msUntilMidnight };
    return true;
  }
}

function exceeded(): RateLimitExceeded {
  const msOfDay = (Date.now() + CHINA_OFFSET_MS) % DAY_MS;
  return {
    kind: 'exceeded',
    scope: RateLimitScope.SERVICE,
    retryAfterSeconds: Math.ceil((DAY_MS - msOfDay) / 1000),
  };
}
