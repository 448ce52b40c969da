// Which attempt a provider's message id belongs to, for reports that do not repeat our id.
//
// A report can arrive before the answer to its send. Then the key of its message id holds the report, until the answer names
// the attempt.

import { defineScript, fieldsReply } from '../../common/redis/define-script.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { DELIVERY_TTL_MS } from './delivery.store.ts';

/** Longer than any send takes. A report about an unknown id is forgotten after it. */
const EARLY_REPORT_TTL_MS = 60_000;

const linkMessageId = defineScript({
  name: 'linkMessageId',
  keys: ['message'],
  args: ['attempt', 'ttlMs'],
  reply: fieldsReply<{ readonly report?: string }>(),
  lua: `
local report = redis.call('HGET', message, 'report')
redis.call('HSET', message, 'attempt', attempt)
redis.call('HDEL', message, 'report')
redis.call('PEXPIRE', message, ttlMs)
return fields({ report = report or nil })`,
});

const findAttemptOfMessage = defineScript({
  name: 'findAttemptOfMessage',
  keys: ['message'],
  args: ['report', 'ttlMs'],
  reply: fieldsReply<{ readonly attempt?: string }>(),
  lua: `
local attempt = redis.call('HGET', message, 'attempt')
if attempt then return fields({ attempt = attempt }) end
redis.call('HSETNX', message, 'report', report)
redis.call('PEXPIRE', message, ttlMs)
return fields({})`,
});

export const messageIdScripts = [linkMessageId, findAttemptOfMessage] as const;

export class MessageIdStore {
  constructor(
    private readonly redis: RedisDependency<(typeof messageIdScripts)[number]>,
    private readonly keys: RedisKeys,
  ) {}

  /**
   * Records the attempt of a message id for a day.
   * @returns the report that arrived before, if there is one.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async link(provider: string, messageId: string, attemptId: string): Promise<string | undefined> {
    const { report } = await this.redis.use((redis) =>
      redis.runScript(linkMessageId, {
        keys: { message: this.keys.smsMessage(provider, messageId) },
        args: { attempt: attemptId, ttlMs: DELIVERY_TTL_MS },
      }),
    );
    return report;
  }

  /**
   * The attempt of a message id. Without one, keeps the report for a minute, in case the answer to the send is still to come.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async attemptOf(provider: string, messageId: string, report: string): Promise<string | undefined> {
    const { attempt } = await this.redis.use((redis) =>
      redis.runScript(findAttemptOfMessage, {
        keys: { message: this.keys.smsMessage(provider, messageId) },
        args: { report, ttlMs: EARLY_REPORT_TTL_MS },
      }),
    );
    return attempt;
  }
}
