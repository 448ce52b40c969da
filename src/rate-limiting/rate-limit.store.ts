// Reserves rate limits that stand alone. Sends reserve theirs together with their code, see sms-code.store.ts.

import { defineScript, fieldsReply } from '../common/redis/define-script.ts';
import type { RedisDependency } from '../common/redis/redis-client.ts';
import type { LimitName, LimitsOf } from './limits.ts';
import type { RateLimitExceeded } from './rate-limit.ts';
import {
  type ExceededReply,
  exceededLimit,
  rateLimitInput,
  rateLimitParameters,
  reserve,
} from './rate-limit-script.ts';

type ReserveReply = { readonly kind: undefined; readonly reservedAtMs: number } | ExceededReply;

type ReservedAction = 'issueCaptcha' | 'verifySmsCode';

function reserveScript<const Name extends string, Action extends ReservedAction>(name: Name, action: Action) {
  const { keys, args, table } = rateLimitParameters(action);
  return defineScript({
    name,
    keys,
    args,
    uses: [reserve],
    reply: fieldsReply<ReserveReply>(),
    lua: `return fields(reserve(${table}))`,
  });
}

const scripts = {
  issueCaptcha: reserveScript('reserveCaptchaLimits', 'issueCaptcha'),
  verifySmsCode: reserveScript('reserveVerifyLimits', 'verifySmsCode'),
};

export const rateLimitScripts = [scripts.issueCaptcha, scripts.verifySmsCode] as const;

export class RateLimitStore {
  constructor(private readonly redis: RedisDependency<(typeof rateLimitScripts)[number]>) {}

  /**
   * Reserves one of each limit of the action, or nothing, atomically.
   * @returns the exceeded limit, or `undefined` if all were reserved.
   * @throws DependencyUnavailableError if Redis does not answer; the limits may be reserved nevertheless.
   */
  async reserve<Action extends ReservedAction>(
    action: Action,
    rateLimits: LimitsOf<Action>,
  ): Promise<RateLimitExceeded | undefined> {
    const input = rateLimitInput<LimitName<ReservedAction>>(rateLimits);
    const script: (typeof rateLimitScripts)[number] = scripts[action];
    const reply = await this.redis.use((redis) => redis.runScript(script, input));
    return reply.kind === 'exceeded' ? exceededLimit(rateLimits, reply) : undefined;
  }
}
