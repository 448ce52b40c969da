// The state of the guard in Redis: the lanes, and the networks with proofs.

import type { RedisKeys } from '../common/redis/keys.ts';
import type { RedisDependency } from '../common/redis/redis-client.ts';
import {
  closeInLane,
  countNetworkProofs,
  type guardScripts,
  openInLane,
  readLane,
  recordNetworkProof,
} from './guard-scripts.ts';
import type { Lane, LaneLevel, LaneWindow, LineOptions } from './lane.ts';

export type LaneLevels = Readonly<Record<LaneWindow, LaneLevel>>;

export type LaneDecision = { readonly levels: LaneLevels } & (
  | { readonly kind: 'passed'; readonly sentAtMs: string }
  | { readonly kind: 'rejected'; readonly retryAfterSeconds: number }
);

/** The decisions of one day. */
export interface LaneDay {
  readonly passed: number;
  readonly rejected: number;
}

export interface LaneState {
  readonly levels: LaneLevels;
  /** Of the last days, today first. A day is one in China. */
  readonly days: readonly LaneDay[];
}

export class GuardStore {
  constructor(
    private readonly redis: RedisDependency<(typeof guardScripts)[number]>,
    private readonly keys: RedisKeys,
    private readonly lines: LineOptions,
  ) {}

  /**
   * Decides about one SMS, and counts it as open if it passes: one atomic step.
   * @throws DependencyUnavailableError if Redis does not answer; the SMS may count as open nevertheless.
   */
  async open(lane: Lane): Promise<LaneDecision> {
    const reply = await this.redis.use((redis) =>
      redis.runScript(openInLane, { keys: { lane: this.keys.guardLane(lane) }, args: { ...this.lines } }),
    );
    const levels = levelsOf(reply);
    return reply.passes
      ? { kind: 'passed', levels, sentAtMs: reply.sentAtMs }
      : { kind: 'rejected', levels, retryAfterSeconds: Math.ceil(reply.retryAfterMs / 1000) };
  }

  /**
   * SMS of a lane are open no longer.
   * @param sentAtMs what `open` returned, of each of them.
   * @param isProof whether their code was verified, and it is the first proof of the mobile on this day.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async close(lane: Lane, sentAtMs: readonly string[], isProof: boolean): Promise<void> {
    await this.redis.use((redis) =>
      redis.runScript(closeInLane, {
        keys: { lane: this.keys.guardLane(lane) },
        args: { sentAtMs: sentAtMs.join(','), isProof: isProof ? 1 : 0 },
      }),
    );
  }

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async read(lane: Lane): Promise<LaneState> {
    const reply = await this.redis.use((redis) =>
      redis.runScript(readLane, { keys: { lane: this.keys.guardLane(lane) }, args: { ...this.lines } }),
    );
    const days = reply.decisions.split(',').map((day) => {
      const [passed = 0, rejected = 0] = day.split(':').map(Number);
      return { passed, rejected };
    });
    return { levels: levelsOf(reply), days };
  }

  /** @throws DependencyUnavailableError if Redis does not answer. */
  isProven(network: string): Promise<boolean> {
    return this.redis.use((redis) =>
      redis.runScript(countNetworkProofs, { keys: { network: this.keys.guardNetwork(network) }, args: {} }),
    );
  }

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async recordProof(network: string, mobileHash: string): Promise<void> {
    await this.redis.use((redis) =>
      redis.runScript(recordNetworkProof, {
        keys: { network: this.keys.guardNetwork(network) },
        args: { mobile: mobileHash },
      }),
    );
  }
}

function levelsOf(reply: {
  openHour: number;
  lineHour: string;
  openDay: number;
  lineDay: string;
}): LaneLevels {
  return {
    hour: { open: reply.openHour, line: Number(reply.lineHour) },
    day: { open: reply.openDay, line: Number(reply.lineDay) },
  };
}
