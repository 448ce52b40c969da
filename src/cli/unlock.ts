// `yanzheng unlock <mobile> …`: ends the lockout of mobiles by resetting their failed attempts.

import { maskMobile } from '../common/phone-number.ts';
import { loadConfig } from '../config/load-config.ts';
import { SmsCodeAttemptStore, smsCodeAttemptScripts } from '../verification/codes/sms-code-attempt.store.ts';
import type { Command } from './command.ts';
import { mobileArguments } from './usage-error.ts';
import { withRedis } from './with-redis.ts';

export const unlock: Command = {
  name: 'unlock',
  args: '<mobile> …',
  summary: 'Ends the lockout of mobiles',
  help: [
    'Resets the failed attempts for both purposes. First look at `yanzheng inspect`: a lockout may be the work of an attacker.',
    'Required settings: REDIS_URL, CODE_SECRET.',
  ],
  /** @throws UsageError for an invalid mobile, DependencyUnavailableError if Redis does not answer. */
  async run({ args, environment }) {
    const mobiles = mobileArguments(args, 'unlock');
    return withRedis(loadConfig(environment, 'redis'), smsCodeAttemptScripts, async ({ redis, keys }) => {
      const attempts = new SmsCodeAttemptStore(redis, keys);
      const results = [];
      for (const mobile of mobiles)
        results.push({ mobile: maskMobile(mobile), hadFailures: await attempts.resetFailures(mobile) });
      return {
        lines: results.map(
          ({ mobile, hadFailures }) => `${mobile} ${hadFailures ? 'is unlocked' : 'has no failed attempts'}`,
        ),
        json: { mobiles: results },
      };
    });
  },
};
