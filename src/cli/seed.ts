// `npm run seed -- 13800138000 …`: registers mobiles without a verification.

import { randomBytes } from 'node:crypto';
import { type Mobile, maskMobile } from '../common/phone-number.ts';
import type { Config } from '../config/load-config.ts';
import { UserRepository } from '../users/user.repository.ts';
import { uuidV7 } from '../users/uuid-v7.ts';
import { mobileArguments } from './usage-error.ts';
import { withMigratedDatabase } from './with-database.ts';

/** @throws UsageError for an invalid mobile; nothing is registered then. DatabaseNotReadyError if PostgreSQL is unavailable. */
export async function seed(config: Config, dataDirectory: string, args: readonly string[]): Promise<void> {
  const mobiles = mobileArguments(args, 'npm run seed -- 13800138000 …');
  await withMigratedDatabase(config, dataDirectory, async (client) => {
    const users = new UserRepository(client);
    for (const mobile of mobiles) console.log(await register(users, mobile));
  });
}

async function register(users: UserRepository, mobile: Mobile): Promise<string> {
  const user = await users.register(uuidV7(Date.now(), randomBytes(10)), mobile);
  return user
    ? `registered ${maskMobile(mobile)} as ${user.id}`
    : `${maskMobile(mobile)} is already registered`;
}
