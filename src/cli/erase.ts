// `yanzheng erase <mobile>`: deletes what the service knows about a person (Personal Information Protection Law, article 47).

import { maskMobile } from '../common/phone-number.ts';
import { loadConfig } from '../config/load-config.ts';
import { RateLimits } from '../rate-limiting/limits.ts';
import { UserRepository } from '../users/user.repository.ts';
import { MobileStateStore } from '../verification/inspection/mobile-state.store.ts';
import type { Command } from './command.ts';
import { confirm } from './confirm.ts';
import { oneMobile } from './usage-error.ts';
import { withMigratedDatabase } from './with-database.ts';
import { withRedis } from './with-redis.ts';

export const erase: Command = {
  name: 'erase',
  args: '<mobile>',
  summary: 'Deletes the user and everything in Redis of a mobile',
  help: [
    'Deletes the row in PostgreSQL, and the codes, limits and failures in Redis, and looks again. What stays for a day at most are',
    'records of SMS, and for minutes stored responses: both without the mobile, with a keyed hash of it. The log has the masked',
    'mobile. The limits of the mobile start again, so a person who asks for it repeatedly gets more SMS.',
    'Required settings: REDIS_URL, DATABASE_URL, CODE_SECRET.',
  ],
  asksForConfirmation: true,
  /** @throws UsageError without a confirmation, DependencyUnavailableError if Redis or PostgreSQL does not answer. */
  async run(invocation) {
    const { args, environment, dataDirectory } = invocation;
    const mobile = oneMobile(args, 'erase');
    const config = loadConfig(environment, 'erase');
    const masked = maskMobile(mobile);
    await confirm(invocation, `Delete everything about ${masked}?`);
    return withMigratedDatabase(config, dataDirectory, (database) =>
      withRedis(config, [], async ({ redis, keys }) => {
        const users = new UserRepository(database);
        const state = new MobileStateStore(redis, keys, new RateLimits(keys, config.rateLimits));
        const userId = await users.erase(mobile);
        const erasedKeys = await state.erase(mobile);
        const isLeft = (await users.isRegistered(mobile)) || (await state.countKeys(mobile)) > 0;
        return {
          lines: [
            userId === undefined ? `${masked} was not registered` : `${masked}: user ${userId} deleted`,
            `${erasedKeys} keys of Redis deleted`,
            isLeft
              ? 'Something is left: a request came in between. Run the command again.'
              : 'Nothing is left.',
          ],
          json: { mobile: masked, userId: userId ?? null, erasedKeys, isLeft },
          exitCode: isLeft ? 1 : 0,
        };
      }),
    );
  },
};
