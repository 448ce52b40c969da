// The daily cap when PostgreSQL is slow, loses a reply, or reaches midnight. test/stores/spend-cap.test.ts has the statements.

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { IDLE_LOT_AFTER_MS, SPEND_CAP_RECHECK_MS } from '../../src/config/time-budgets.ts';
import { SpendCapService } from '../../src/spend-cap/spend-cap.service.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CAP = 1000;
const outage = new Error('PostgreSQL does not answer');

/** A row of the day with a cap of 1000, in lots of 20, whose day ends after `msUntilMidnight`. */
class FakeDays {
  day = '2026-11-25';
  leased = 0;
  msUntilMidnight = DAY_MS / 2;
  statements = 0;
  /** What happens to the reply of the next statement. */
  reply: () => Promise<void> = async () => {};

  readonly em = {
    getConnection: () => ({ execute: (sql: string, values: number[]) => this.execute(sql, values) }),
  } as unknown as SqlEntityManager;

  private async execute(sql: string, values: number[] = []): Promise<object[]> {
    this.statements += 1;
    const rows = this.rows(sql, values);
    await this.reply();
    return rows;
  }

  private rows(sql: string, [sends = 0]: number[]): object[] {
    const { day, msUntilMidnight } = this;
    if (sql.startsWith('select')) return [{ day, msUntilMidnight, leased: this.leased }];
    if (sql.startsWith('update')) {
      this.leased -= sends;
      return [];
    }
    if (this.leased >= CAP) return [];
    this.leased += 20;
    return [{ day, msUntilMidnight, sends: 20 }];
  }
}

describe('SpendCapService', () => {
  let days: FakeDays;
  let cap: SpendCapService;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    days = new FakeDays();
    cap = new SpendCapService({ use: (call) => call(days.em) }, CAP);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const use = async (count: number) => {
    const results = await Promise.all(Array.from({ length: count }, () => cap.reserve()));
    return results.filter(({ kind }) => kind === 'reserved').length;
  };

  it('drops the rest of a lot at midnight, and leases from the new day', async () => {
    days.msUntilMidnight = 1000;
    expect(await use(5)).toBe(5);
    jest.advanceTimersByTime(999);
    expect(cap.lotRemaining).toBe(15);
    jest.advanceTimersByTime(1);
    expect(cap.lotRemaining).toBe(0);
    Object.assign(days, { day: '2026-11-26', leased: 0, msUntilMidnight: DAY_MS });
    expect(await cap.reserve()).toEqual({ kind: 'reserved', day: '2026-11-26' });
    expect(days.leased).toBe(20);
  });

  it('drops the rest of a lot when the machine was suspended over midnight', async () => {
    days.msUntilMidnight = 60_000;
    await use(5);
    jest.setSystemTime(61_000); // advances the clock of the calendar only
    expect(cap.lotRemaining).toBe(0);
  });

  it('releases nothing of the day before', async () => {
    days.msUntilMidnight = 1000;
    const yesterday = await cap.reserve();
    jest.advanceTimersByTime(1000);
    Object.assign(days, { day: '2026-11-26', leased: 0, msUntilMidnight: DAY_MS });
    await use(1);
    if (yesterday.kind === 'reserved') cap.release(yesterday);
    expect(cap.lotRemaining).toBe(19);
  });

  it('admits requests again as soon as the day of the reached cap has ended', async () => {
    Object.assign(days, { leased: CAP, msUntilMidnight: 300 });
    expect(await cap.reserve()).toEqual({
      kind: 'exceeded',
      rule: 'smsPerDay',
      scope: 'SERVICE',
      retryAfterSeconds: 1,
    });
    jest.advanceTimersByTime(300);
    Object.assign(days, { day: '2026-11-26', leased: 0, msUntilMidnight: DAY_MS });
    expect((await cap.reserve()).kind).toBe('reserved');
  });

  it('reports the seconds until midnight by the clock of PostgreSQL', async () => {
    Object.assign(days, { leased: CAP, msUntilMidnight: 7_200_000 });
    expect(await cap.reserve()).toMatchObject({ retryAfterSeconds: 7200 });
    jest.advanceTimersByTime(500);
    expect(await cap.reserve()).toMatchObject({ retryAfterSeconds: 7200 });
  });

  it('checks a reached cap again after a while, since other processes return sends', async () => {
    days.leased = CAP;
    expect(await use(10)).toBe(0);
    days.leased = CAP - 20;
    expect(await use(1)).toBe(0);
    jest.advanceTimersByTime(SPEND_CAP_RECHECK_MS);
    expect(await use(1)).toBe(1);
  });

  it('leases again when sends were returned between the lease and the look at the day', async () => {
    days.leased = CAP;
    days.reply = async () => {
      if (days.statements === 1) days.leased = CAP - 20;
    };
    expect(await use(1)).toBe(1);
  });

  it('serves a waiting request with a send that is released while the cap is found reached', async () => {
    days.leased = CAP - 20;
    const [first] = await Promise.all(Array.from({ length: 20 }, () => cap.reserve()));
    days.reply = async () => {
      if (first?.kind === 'reserved' && cap.lotRemaining === 0 && days.statements === 2) cap.release(first);
    };
    expect((await cap.reserve()).kind).toBe('reserved');
  });

  it('fills the lot with a statement that outlasts its request, and starts no other one meanwhile', async () => {
    let answer = () => {};
    days.reply = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const impatient = new SpendCapService(
      { use: (call) => Promise.race([call(days.em), Promise.reject(outage)]) },
      CAP,
    );
    for (let tries = 0; tries < 3; tries += 1) await expect(impatient.reserve()).rejects.toBe(outage);
    expect(days.statements).toBe(1);
    answer();
    await jest.advanceTimersByTimeAsync(1);
    expect(impatient.lotRemaining).toBe(20);
    expect((await impatient.reserve()).kind).toBe('reserved');
  });

  it('rejects all waiting requests when PostgreSQL fails, and leases again for the next one', async () => {
    days.reply = () => Promise.reject(outage);
    const waiting = Array.from({ length: 10 }, () => cap.reserve());
    for (const result of await Promise.allSettled(waiting)) expect(result.status).toBe('rejected');
    // The lease whose reply was lost is never spent.
    expect(days.leased).toBe(20);
    days.reply = async () => {};
    expect(await use(1)).toBe(1);
    expect(days.leased).toBe(40);
  });

  it('returns a lot that was not used for a minute', async () => {
    await use(5);
    jest.advanceTimersByTime(IDLE_LOT_AFTER_MS - 1);
    await cap.returnIdleLot();
    expect(days.leased).toBe(20);
    jest.advanceTimersByTime(1);
    await cap.returnIdleLot();
    expect(days.leased).toBe(5);
    expect(cap.lotRemaining).toBe(0);
  });
});
