// `yanzheng spend`: how much of the daily cap is used, today and on the days before.

import { loadConfig } from '../config/load-config.ts';
import { readDays, readToday } from '../spend-cap/spend-day.repository.ts';
import type { Command } from './command.ts';
import { withMigratedDatabase } from './with-database.ts';

const MINUTE_MS = 60_000;
const DAYS = 30;

export const spend: Command = {
  name: 'spend',
  args: '',
  summary: `Shows the SMS of today and of the last ${DAYS} days`,
  help: [
    'Leased are SMS that were sent, and those left in the lots of running instances. A day is one in China.',
    'Required settings: DATABASE_URL, SMS_PER_DAY.',
  ],
  /** @throws DatabaseNotReadyError if PostgreSQL is unavailable or has pending migrations. */
  async run({ environment, dataDirectory }) {
    const config = loadConfig(environment, 'spend');
    return withMigratedDatabase(config, dataDirectory, async (client) => {
      const [today, days] = [await client.use(readToday), await client.use((em) => readDays(em, DAYS))];
      const { day, leased, msUntilMidnight } = today;
      const left = Math.max(0, config.smsPerDay - leased);
      const minutes = Math.ceil(msUntilMidnight / MINUTE_MS);
      return {
        lines: [
          `${day} (China): ${leased} of ${config.smsPerDay} SMS leased, ${left} left`,
          'Leased: sent, or left in the lots of running instances.',
          `The next day begins in ${Math.floor(minutes / 60)} h ${minutes % 60} min.`,
          '',
          `The last ${DAYS} days with SMS:`,
          ...days.map((past) => `  ${past.day}  ${past.leased}`),
        ],
        json: { today: { day, leased, left, smsPerDay: config.smsPerDay }, days },
      };
    });
  },
};
