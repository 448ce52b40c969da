// What an operator runs besides the server: `migrate` and `seed`.

import type { Config } from './config.ts';
import { databaseContent } from './mikro-orm.config.ts';
import { isDatabaseOutage } from './platform/database.ts';
import { guard } from './platform/guard.ts';
import { lookForPending, type OpenDatabase, openDatabase, prepareSchema } from './platform/open-database.ts';
import { maskMobile, parseMobile } from './shared/mobile.ts';
import { UserRepository } from './user/user.repository.ts';

/** A command that was called wrongly; the message says how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const INSERT_TIMEOUT_MS = 5000;

/** Applies all pending migrations. */
export async function migrate(config: Config, dataDirectory: string): Promise<void> {
  await withDatabase(config, dataDirectory, async ({ orm }) => {
    // First a look by plain SQL: the migrator would create a database whose name is a slip.
    await lookForPending(orm, databaseContent);
    const applied = await orm.migrator.up();
    console.log(
      applied.length > 0 ? applied.map(({ name }) => `applied ${name}`).join('\n') : 'nothing to apply',
    );
  });
}

/** Registers the mobiles given, each unless it is registered already. */
export async function seed(config: Config, dataDirectory: string, words: readonly string[]): Promise<void> {
  if (words.length === 0) throw new UsageError('Which mobiles? npm run seed -- 13800138000 …');
  await withDatabase(config, dataDirectory, async (opened) => {
    await prepareSchema(opened);
    const database = guard(() => opened.orm.em.fork(), {
      name: 'postgresql',
      timeoutMs: INSERT_TIMEOUT_MS,
      isOutage: isDatabaseOutage,
      observe() {},
    });
    const users = new UserRepository(database);
    for (const word of words) console.log(await seedOne(users, word));
  });
}

async function seedOne(users: UserRepository, word: string): Promise<string> {
  const mobile = parseMobile(word);
  if (mobile === undefined) throw new UsageError('Only mainland China mobile numbers can be registered.');
  const user = await users.register(mobile);
  return user
    ? `registered ${maskMobile(mobile)} as ${user.id}`
    : `${maskMobile(mobile)} is registered already`;
}

async function withDatabase(
  config: Config,
  dataDirectory: string,
  work: (database: OpenDatabase) => Promise<void>,
) {
  const database = await openDatabase(config.databaseUrl, databaseContent, dataDirectory, 'migrations');
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
