// Reserves the rate limits of addresses. Sends reserve the limits of mobiles together with their code, see
// verification/codes/sms-code.store.ts.

import { defineScript, fieldsReply, noReply } from '../common/redis/define-script.ts';
import type { RedisDependency } from '../common/redis/redis-client.ts';
import type { LimitName, LimitsOf } from './limits.ts';
import type { RateLimitExceeded, Reserved } from './rate-limit.ts';
import {
  type ExceededReply,
  exceededLimit,
  rateLimitInput,
  rateLimitKeys,
  rateLimitParameters,
  release,
  reserve,
} from './rate-limit-script.ts';

type ReserveReply = { readonly kind: undefined; readonly reservation: string } | ExceededReply;

type ReservedAction = 'issueCaptcha' | 'requestSmsCode' | 'verifySmsCode' | 'querySmsDelivery';

function reserveScript<const Name extends string, Action extends ReservedAction>(name: Name, action: Action) {
  const { keys, args, table } = rateLimitParameters(action);
  return defineScript({
    name,
    keys,
    args: [...args, 'token'],
    uses: [reserve],
    reply: fieldsReply<ReserveReply>(),
    lua: `return fields(reserve(${table}, token))`,
  });
}

const reserveScripts = {
  issueCaptcha: reserveScript('reserveCaptchaLimits', 'issueCaptcha'),
  requestSmsCode: reserveScript('reserveRequestLimits', 'requestSmsCode'),
  verifySmsCode: reserveScript('reserveVerifyLimits', 'verifySmsCode'),
  querySmsDelivery: reserveScript('reserveDeliveryLimits', 'querySmsDelivery'),
};
type ReserveScript = (typeof reserveScripts)[ReservedAction];

const requestLimits = rateLimitParameters('requestSmsCode');

const releaseRequestLimits = defineScript({
  name: 'releaseRequestLimits',
  keys: requestLimits.keys,
  args: ['reservation'],
  uses: [release],
  reply: noReply,
  lua: `for _, key in ipairs({ ${requestLimits.keys.join(', ')} }) do release(key, reservation) end`,
});

export const rateLimitScripts = [
  reserveScripts.issueCaptcha,
  reserveScripts.requestSmsCode,
  reserveScripts.verifySmsCode,
  reserveScripts.querySmsDelivery,
  releaseRequestLimits,
] as const;

export class RateLimitStore {
  constructor(private readonly redis: RedisDependency<(typeof rateLimitScripts)[number]>) {}

  /**
   * Reserves one of each limit of the action, or nothing, atomically.
   * @param token makes the reservation unique. Tokens that are equal up to a dot belong to replays of one request.
   * @throws DependencyUnavailableError if Redis does not answer; the limits may be reserved nevertheless.
   */
  async reserve<Action extends ReservedAction>(
    action: Action,
    rateLimits: LimitsOf<Action>,
    token: string,
  ): Promise<Reserved | RateLimitExceeded> {
    const { keys, args } = rateLimitInput<LimitName<ReservedAction>>(rateLimits);
    const script: ReserveScript = reserveScripts[action];
    const reply = await this.redis.use((redis) =>
      redis.runScript(script, { keys, args: { ...args, token } }),
    );
    return reply.kind === 'exceeded'
      ? exceededLimit(rateLimits, reply)
      : { kind: 'reserved', reservation: reply.reservation };
  }

  /**
   * Removes a reservation. Repeating it changes nothing.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async release(rateLimits: LimitsOf<'requestSmsCode'>, reservation: string): Promise<void> {
    const keys = rateLimitKeys(rateLimits);
    await this.redis.use((redis) => redis.runScript(releaseRequestLimits, { keys, args: { reservation } }));
  }
}
