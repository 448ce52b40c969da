// The daily cap: how many SMS of the day are already sent.

import { query } from './stores.mjs';

const TODAY_IN_CHINA = "(now() at time zone interval '8 hours')::date";

/** Sets the number of SMS that the processes have leased today. */
export async function prepareSpending(databaseUrl, used) {
  await query(
    databaseUrl,
    `insert into spend_days (day, leased, latest_lot) values (${TODAY_IN_CHINA}, $1, 1)
     on conflict (day) do update set leased = excluded.leased`,
    [used],
  );
}
