// The last trouble with each provider in Redis, for the command `sms:providers`: any instance writes it, at most once a minute
// for each provider.

import { defineScript, noReply } from '../../common/redis/define-script.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';

const STATE_TTL_MS = 7 * 24 * 60 * 60 * 1000;

const writeProviderState = defineScript({
  name: 'writeProviderState',
  keys: ['state'],
  args: ['circuit', 'lastError', 'atMs', 'ttlMs'],
  reply: noReply,
  lua: `
redis.call('HSET', state, 'circuit', circuit, 'lastError', lastError, 'atMs', atMs)
redis.call('PEXPIRE', state, ttlMs)`,
});

export const providerStateScripts = [writeProviderState] as const;

export interface ProviderState {
  /** The circuit breaker of the instance that wrote the state. */
  readonly circuit: string;
  /** The reason of the last send that failed. */
  readonly lastError: string;
  readonly atMs: number;
}

export class ProviderStateStore {
  constructor(
    private readonly redis: RedisDependency<(typeof providerStateScripts)[number]>,
    private readonly keys: RedisKeys,
  ) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async write(provider: string, { circuit, lastError, atMs }: ProviderState): Promise<void> {
    await this.redis.use((redis) =>
      redis.runScript(writeProviderState, {
        keys: { state: this.keys.providerState(provider) },
        args: { circuit, lastError, atMs, ttlMs: STATE_TTL_MS },
      }),
    );
  }

  /**
   * @returns `undefined` if no send has failed within the last week.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async read(provider: string): Promise<ProviderState | undefined> {
    const { circuit, lastError, atMs } = await this.redis.use((redis) =>
      redis.hgetall(this.keys.providerState(provider)),
    );
    return circuit === undefined || lastError === undefined
      ? undefined
      : { circuit, lastError, atMs: Number(atMs) };
  }
}
