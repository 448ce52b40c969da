// `yanzheng seed <mobile> …`: registers mobiles without a verification.

import { randomBytes } from 'node:crypto';
import { type Mobile, maskMobile } from '../common/phone-number.ts';
import { loadConfig } from '../config/load-config.ts';
import { UserRepository } from '../users/user.repository.ts';
import { uuidV7 } from '../users/uuid-v7.ts';
import type { Command } from './command.ts';
import { mobileArguments } from './usage-error.ts';
import { withMigratedDatabase } from './with-database.ts';

export const seed: Command = {
  name: 'seed',
  args: '<mobile> …',
  summary: 'Registers mobiles without a verification',
  help: [
    'For first users and tests. If one argument is no mobile, nothing is registered. Required setting: DATABASE_URL.',
  ],
  /** @throws UsageError for an invalid mobile, DatabaseNotReadyError if PostgreSQL is unavailable. */
  async run({ args, environment, dataDirectory }) {
    const mobiles = mobileArguments(args, 'seed');
    const config = loadConfig(environment, 'database');
    return withMigratedDatabase(config, dataDirectory, async (client) => {
      const users = new UserRepository(client);
      const results = [];
      for (const mobile of mobiles) results.push(await register(users, mobile));
      return { lines: results.map(lineOf), json: { users: results } };
    });
  },
};

interface Seeded {
  readonly mobile: string;
  /** `undefined` if the mobile was registered before. */
  readonly id: string | undefined;
}

async function register(users: UserRepository, mobile: Mobile): Promise<Seeded> {
  const user = await users.register(uuidV7(Date.now(), randomBytes(10)), mobile);
  return { mobile: maskMobile(mobile), id: user?.id };
}

function lineOf({ mobile, id }: Seeded): string {
  return id === undefined ? `${mobile} is already registered` : `registered ${mobile} as ${id}`;
}
