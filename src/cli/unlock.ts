// `npm run unlock -- 13800138000 …`: ends the lockout of mobiles by resetting their failed attempts.

import { maskMobile } from '../common/phone-number.ts';
import type { Config } from '../config/load-config.ts';
import { SmsCodeAttemptStore, smsCodeAttemptScripts } from '../verification/codes/sms-code-attempt.store.ts';
import { mobileArguments } from './usage-error.ts';
import { withRedis } from './with-redis.ts';

/** @throws UsageError for an invalid mobile, DependencyUnavailableError if Redis does not answer. */
export async function unlock(config: Config, args: readonly string[]): Promise<void> {
  const mobiles = mobileArguments(args, 'npm run unlock -- 13800138000 …');
  await withRedis(config, smsCodeAttemptScripts, async ({ redis, keys }) => {
    const attempts = new SmsCodeAttemptStore(redis, keys);
    for (const mobile of mobiles) {
      const hadFailures = await attempts.resetFailures(mobile);
      console.log(`${maskMobile(mobile)} ${hadFailures ? 'is unlocked' : 'has no failed attempts'}`);
    }
  });
}
