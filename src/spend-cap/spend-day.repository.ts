// The SMS of each day in PostgreSQL. The clock of the database decides which day it is, so that all processes agree.

import type { SqlEntityManager } from '@mikro-orm/sql';
import { SPEND_ROW_LOCK_TIMEOUT_MS } from '../config/time-budgets.ts';

export const MAX_LOT = 100;
const LOTS_OF_REST = 50;

/** China has one time zone, without daylight saving time since 1991. */
const NOW_IN_CHINA = `(now() at time zone interval '8 hours')`;
const TODAY = `${NOW_IN_CHINA}::date`;
const MS_UNTIL_MIDNIGHT = `ceil(extract(epoch from (${TODAY} + 1 - ${NOW_IN_CHINA})) * 1000)::integer`;

/** Sends that a process may make on one day. */
export interface Lease {
  readonly day: string;
  readonly sends: number;
  /** Until the day ends, counted from the start of the statement. */
  readonly msUntilMidnight: number;
}

/** A fiftieth of the rest, from 1 to 100: small lots at the end use up the cap exactly. */
const lotOf = (rest: string) => `least(${MAX_LOT}, greatest(1, (${rest}) / ${LOTS_OF_REST}))`;

/**
 * Leases the next lot of today, in one atomic statement: however many processes race, no more than `smsPerDay` are leased.
 * The statement gives up waiting for the row before its caller does. Otherwise PostgreSQL would commit it later, and the lot
 * would be lost. `set_config` instead of a session parameter, because PgBouncer shares sessions.
 * @returns `undefined` if the cap is reached.
 */
export async function leaseLot(em: SqlEntityManager, smsPerDay: number): Promise<Lease | undefined> {
  const nextLot = lotOf('? - spend.leased');
  const [lease] = await em.getConnection().execute<Lease[]>(
    `with settings as materialized (select set_config('lock_timeout', '${SPEND_ROW_LOCK_TIMEOUT_MS}ms', true))
     insert into spend_days as spend (day, leased, latest_lot)
     select ${TODAY}, ${lotOf('?::integer')}, ${lotOf('?::integer')} from settings
     on conflict (day) do update set leased = spend.leased + ${nextLot}, latest_lot = ${nextLot}
     where spend.leased < ?
     returning day::text as day, latest_lot as sends, ${MS_UNTIL_MIDNIGHT} as "msUntilMidnight"`,
    Array(5).fill(smsPerDay),
  );
  return lease;
}

/** Returns sends of a lease that were not made. */
export async function returnSends(em: SqlEntityManager, day: string, sends: number): Promise<void> {
  await em
    .getConnection()
    .execute('update spend_days set leased = greatest(0, leased - ?) where day = ?::date', [sends, day]);
}

export interface SpendToday {
  readonly day: string;
  /** The SMS that processes have leased: sent, or left in their lots. */
  readonly leased: number;
  readonly msUntilMidnight: number;
}

/** What is leased today. */
export async function readToday(em: SqlEntityManager): Promise<SpendToday> {
  const rows = await em.getConnection().execute<SpendToday[]>(
    `select ${TODAY}::text as day, ${MS_UNTIL_MIDNIGHT} as "msUntilMidnight",
       coalesce((select leased from spend_days where day = ${TODAY}), 0) as leased`,
  );
  return rows[0] as SpendToday;
}

/** What was leased on the last days that had SMS, the latest first. */
export function readDays(
  em: SqlEntityManager,
  count: number,
): Promise<readonly Pick<SpendToday, 'day' | 'leased'>[]> {
  return em
    .getConnection()
    .execute<Pick<SpendToday, 'day' | 'leased'>[]>(
      'select day::text as day, leased from spend_days where leased > 0 order by day desc limit ?',
      [count],
    );
}
