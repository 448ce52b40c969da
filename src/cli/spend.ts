// `npm run spend`: how much of the daily cap is used.

import type { Config } from '../config/load-config.ts';
import { readToday } from '../spend-cap/spend-day.repository.ts';
import { withMigratedDatabase } from './with-database.ts';

const MINUTE_MS = 60_000;

/** @throws DatabaseNotReadyError if PostgreSQL is unavailable or has pending migrations. */
export async function spend(config: Config, dataDirectory: string): Promise<void> {
  await withMigratedDatabase(config, dataDirectory, async (client) => {
    const { day, leased, msUntilMidnight } = await client.use(readToday);
    const minutes = Math.ceil(msUntilMidnight / MINUTE_MS);
    console.log(
      `${day} (China): ${leased} of ${config.smsPerDay} SMS leased, ${Math.max(0, config.smsPerDay - leased)} left`,
    );
    console.log('Leased: sent, or left in the lots of running instances.');
    console.log(`The next day begins in ${Math.floor(minutes / 60)} h ${minutes % 60} min.`);
  });
}
