// `npm run spend`: how much of the daily cap is used.

import type { Config } from '../config/load-config.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../config/time-budgets.ts';
import { createDependencyClient } from '../infrastructure/dependency-client.ts';
import { isDatabaseOutage } from '../infrastructure/postgres/database-outage.ts';
import { prepareSchema } from '../infrastructure/postgres/schema-version.ts';
import { readToday } from '../spend-cap/spend-day.repository.ts';
import { withDatabase } from './with-database.ts';

const MINUTE_MS = 60_000;

/** @throws DatabaseNotReadyError if PostgreSQL is unavailable or has pending migrations. */
export async function spend(config: Config, dataDirectory: string): Promise<void> {
  await withDatabase(config, dataDirectory, async (database) => {
    await prepareSchema(database);
    const client = createDependencyClient(() => database.orm.em.fork(), {
      name: 'postgresql',
      timeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
      isOutage: isDatabaseOutage,
      observe() {},
    });
    const { day, leased, msUntilMidnight } = await client.use(readToday);
    const minutes = Math.ceil(msUntilMidnight / MINUTE_MS);
    console.log(
      `${day} (China): ${leased} of ${config.smsPerDay} SMS leased, ${Math.max(0, config.smsPerDay - leased)} left`,
    );
    console.log('Leased: sent, or left in the lots of running instances.');
    console.log(`The next day begins in ${Math.floor(minutes / 60)} h ${minutes % 60} min.`);
  });
}
