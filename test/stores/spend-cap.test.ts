// The daily cap in PostgreSQL, both a server and the embedded one: races and crashes of processes never
// exceed it.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenDatabase } from '../../src/infrastructure/postgres/open-database.ts';
import type { RateLimitExceeded } from '../../src/rate-limiting/rate-limit.ts';
import { type ReservedSpend, SpendCapService } from '../../src/spend-cap/spend-cap.service.ts';
import { leaseLot } from '../../src/spend-cap/spend-day.repository.ts';
import { databaseDependency, openTestDatabase } from '../support/database.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { templateDatabase } from '../support/template-database.ts';

const DAY_SECONDS = 24 * 60 * 60;

function describeSpendCap(url: () => Promise<string | undefined>): void {
  let database: OpenDatabase;
  let statements = 0;
  beforeAll(async () => {
    database = await openTestDatabase(await url());
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    await sql('delete from spend_days');
    statements = 0;
  });

  const sql = (text: string) =>
    database.orm.em.fork().getConnection().execute<Record<string, unknown>[]>(text);
  /** The cap as another process sees it. */
  const newProcess = (smsPerDay: number) => {
    const dependency = databaseDependency(database);
    const use: typeof dependency.use = (call) => dependency.use((em) => call(counting(em)));
    return new SpendCapService({ use }, smsPerDay);
  };
  const counting = <Em extends { getConnection: () => object }>(em: Em): Em =>
    new Proxy(em, {
      get(target, name) {
        if (name === 'getConnection') statements += 1;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const leasedToday = async (cap: SpendCapService) => (await cap.today()).leased;
  const reserve = (cap: SpendCapService, count: number) =>
    Promise.all(Array.from({ length: count }, () => cap.reserve()));
  const reservedOf = (results: (ReservedSpend | RateLimitExceeded)[]) =>
    results.filter((result) => result.kind === 'reserved');

  it('admits exactly the cap to 500 concurrent requests of four processes', async () => {
    const processes = [137, 137, 137, 137].map(newProcess);
    const results = await Promise.all(processes.map((process) => reserve(process, 125)));
    expect(reservedOf(results.flat())).toHaveLength(137);
    expect(await leasedToday(processes[0] as SpendCapService)).toBe(137);
  });

  it('uses one statement for every hundred SMS while much of the cap is left', async () => {
    const cap = newProcess(1_000_000);
    for (let sent = 0; sent < 1000; sent += 1) await cap.reserve();
    expect(statements).toBe(10);
  });

  it('reports the seconds until midnight in China when the cap is reached', async () => {
    const cap = newProcess(1);
    await cap.reserve();
    const exceeded = await cap.reserve();
    const [row] = await sql(`select extract(epoch from
      date_trunc('day', now() at time zone 'Asia/Shanghai') + interval '1 day' - (now() at time zone 'Asia/Shanghai'))::float as seconds`);
    expect(exceeded).toMatchObject({ kind: 'exceeded', scope: 'SERVICE' });
    const { retryAfterSeconds } = exceeded as RateLimitExceeded;
    expect(Math.abs(retryAfterSeconds - Number(row?.seconds))).toBeLessThan(5);
    expect(retryAfterSeconds).toBeLessThanOrEqual(DAY_SECONDS);
  });

  it('asks PostgreSQL at most once in a second while the cap is reached', async () => {
    const cap = newProcess(3);
    await reserve(cap, 10);
    const before = statements;
    for (let asked = 0; asked < 200; asked += 1) expect((await cap.reserve()).kind).toBe('exceeded');
    expect(statements - before).toBeLessThanOrEqual(1);
  });

  it('gives a released SMS to the next request', async () => {
    const cap = newProcess(2);
    const [first] = reservedOf(await reserve(cap, 2));
    expect((await cap.reserve()).kind).toBe('exceeded');
    if (first?.kind === 'reserved') cap.release(first);
    expect((await cap.reserve()).kind).toBe('reserved');
    expect((await cap.reserve()).kind).toBe('exceeded');
  });

  it('returns the rest of the lot at the stop, for other processes', async () => {
    const stopping = newProcess(1000);
    await reserve(stopping, 5);
    expect(stopping.lotRemaining).toBe(15);
    await stopping.returnLot();
    expect(stopping.lotRemaining).toBe(0);
    expect(await leasedToday(stopping)).toBe(5);
    expect(reservedOf(await reserve(newProcess(1000), 1000))).toHaveLength(995);
  });

  it('never exceeds the cap when processes crash, and loses at most their lots', async () => {
    const cap = 1000;
    let sent = 0;
    let lost = 0;
    for (let crash = 0; crash < 10; crash += 1) {
      const crashing = newProcess(cap);
      sent += reservedOf(await reserve(crashing, 30)).length;
      lost += crashing.lotRemaining;
    }
    sent += reservedOf(await reserve(newProcess(cap), 2 * cap)).length;
    expect(lost).toBeGreaterThan(0);
    expect(sent + lost).toBe(cap);
  });

  it('starts again on the next day, without what is left of the day before', async () => {
    const cap = newProcess(100);
    const [yesterday] = reservedOf(await reserve(cap, 100));
    expect((await cap.reserve()).kind).toBe('exceeded');
    await sql('update spend_days set day = day - 1');
    const other = newProcess(100);
    expect(reservedOf(await reserve(other, 200))).toHaveLength(100);
    if (yesterday?.kind === 'reserved') other.release({ ...yesterday, day: '2026-01-01' });
    expect(other.lotRemaining).toBe(0);
  });

  it.each([
    [1, 1],
    [99, 1],
    [100, 2],
    [2500, 50],
    [4999, 99],
    [5000, 100],
    [1_000_000_000, 100],
  ])('leases a fiftieth of the rest, from 1 to 100: of %i, %i', async (rest, sends) => {
    const em = database.orm.em.fork();
    expect(await leaseLot(em, rest)).toMatchObject({ sends }); // the first lot of the day
    const leasedBefore = 7;
    await sql(`update spend_days set leased = ${leasedBefore}`);
    expect(await leaseLot(em, leasedBefore + rest)).toMatchObject({ sends });
    const [row] = await sql('select leased from spend_days');
    expect(row).toEqual({ leased: leasedBefore + sends });
  });

  it('admits nothing when the cap is lower than what is already leased', async () => {
    await reserve(newProcess(1000), 50);
    expect((await newProcess(40).reserve()).kind).toBe('exceeded');
  });
}

describeWithPostgres('SpendCapService with a PostgreSQL server', () => {
  describeSpendCap(() => createDatabase({ url: process.env.TEST_POSTGRES_URL ?? '' }, templateDatabase));
});

describe('SpendCapService with the embedded PostgreSQL', () => describeSpendCap(async () => undefined));
