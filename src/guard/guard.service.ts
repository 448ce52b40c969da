// The guard against SMS pumping: an SMS is open until its code is verified, and each lane may have only so many open SMS. People
// who verify their codes raise the line of their lane. An attacker does not, so he fills his lane and no other.

import type { Audit, AuditFacts } from '../common/audit.ts';
import { DependencyUnavailableError } from '../common/dependency.ts';
import type { KeyedHash } from '../common/keyed-hash.ts';
import type { Mobile } from '../common/phone-number.ts';
import { type RateLimitExceeded, RateLimitScope } from '../rate-limiting/rate-limit.ts';
import type { GuardStore, LaneDecision } from './guard.store.ts';
import { guardNetwork, networkMatcher } from './guard-network.ts';
import { LANES, type Lane, laneOf, pressureOf } from './lane.ts';

export type GuardMode = 'off' | 'observe' | 'enforce';

export interface GuardDependencies {
  readonly store: GuardStore;
  readonly hash: KeyedHash;
  readonly mode: GuardMode;
  /** Addresses and networks whose requests always pass, and count nowhere. */
  readonly allowed: readonly string[];
  readonly audit: Audit;
  readonly observe: GuardObserver;
}

export interface GuardObserver {
  decided(lane: Lane | 'allowed', decision: 'passed' | 'rejected'): void;
  /** The state could not be read or written: an SMS passed, or a proof did not count. */
  unavailable(): void;
}

/** The request that the guard decides about. */
export type GuardedRequest = Pick<AuditFacts<'guard_decision'>, 'caller' | 'mobile' | 'purpose'>;

/** An SMS that the guard let pass. */
export interface GuardPass {
  readonly kind: 'passed';
  /** Where the SMS counts as open. `undefined`: nowhere. Opaque for others, who keep it with the SMS. */
  readonly entry: string | undefined;
}

/** A verified code. */
export interface Proof {
  readonly mobile: Mobile;
  readonly clientAddress: string;
  /** The entries of the SMS that carried the code, the latest last. */
  readonly entries: readonly string[];
  readonly isFirstProofOfDay: boolean;
}

const UNCOUNTED: GuardPass = { kind: 'passed', entry: undefined };

export class GuardService {
  private readonly isAllowed: (clientAddress: string) => boolean;

  constructor(private readonly dependencies: GuardDependencies) {
    this.isAllowed = networkMatcher(dependencies.allowed);
  }

  /**
   * Whether mobiles were proved from the network of a client.
   * @returns `undefined` if the guard does not ask, or if Redis does not answer.
   */
  async isProvenNetwork(clientAddress: string): Promise<boolean | undefined> {
    if (this.dependencies.mode === 'off' || this.isAllowed(clientAddress)) return undefined;
    return this.orUndefined(() => this.dependencies.store.isProven(guardNetwork(clientAddress)));
  }

  /**
   * Decides about one SMS, and counts it as open. In the mode `observe` every SMS passes; one that `enforce` would reject counts
   * nowhere.
   * @param isProvenNetwork what `isProvenNetwork` returned. An SMS passes without it, because the daily cap still holds.
   * @returns the exceeded lane, with the seconds until an open SMS has aged out.
   */
  async admit(
    request: GuardedRequest,
    isKnownMobile: boolean,
    isProvenNetwork: boolean | undefined,
  ): Promise<GuardPass | RateLimitExceeded> {
    const { mode, store, observe } = this.dependencies;
    if (mode === 'off') return UNCOUNTED;
    if (this.isAllowed(request.caller.clientAddress)) {
      observe.decided('allowed', 'passed');
      return UNCOUNTED;
    }
    if (isProvenNetwork === undefined) return UNCOUNTED;
    const lane = laneOf(isKnownMobile, isProvenNetwork);
    const decision = await this.orUndefined(() => store.open(lane));
    if (decision === undefined) return UNCOUNTED;
    this.record(request, lane, decision);
    if (decision.kind === 'passed') return { kind: 'passed', entry: entryOf(lane, decision.sentAtMs) };
    if (mode === 'observe') return UNCOUNTED;
    const { retryAfterSeconds } = decision;
    return { kind: 'exceeded', rule: 'guard', scope: RateLimitScope.SERVICE, retryAfterSeconds };
  }

  /** An SMS that was certainly not sent is not open. */
  async release(entry: string | undefined): Promise<void> {
    if (entry !== undefined) await this.close([entry], false);
  }

  /** Pays back the SMS of a verified code. Does not throw: what is lost is open until it ages out. */
  async prove({ mobile, clientAddress, entries, isFirstProofOfDay }: Proof): Promise<void> {
    const { mode, store, hash } = this.dependencies;
    if (mode === 'off') return;
    const network = guardNetwork(clientAddress);
    await Promise.all([
      this.orUndefined(() => store.recordProof(network, hash('proof', mobile))),
      this.close(entries, isFirstProofOfDay),
    ]);
  }

  /**
   * How full the fuller one of the lanes is that a client without a proved mobile would use: from 0, to 1 where the guard
   * rejects. 0 if it is off or Redis does not answer.
   */
  async pressure(clientAddress: string): Promise<number> {
    const isProven = await this.isProvenNetwork(clientAddress);
    if (isProven === undefined) return 0;
    const state = await this.orUndefined(() => this.dependencies.store.read(laneOf(false, isProven)));
    return state === undefined ? 0 : pressureOf([state.levels.hour, state.levels.day]);
  }

  private async close(entries: readonly string[], isProof: boolean): Promise<void> {
    const latest = entries.at(-1);
    const lanes = new Map<Lane, string[]>();
    for (const entry of entries) {
      const { lane, sentAtMs } = parseEntry(entry);
      if (lane !== undefined) lanes.set(lane, [...(lanes.get(lane) ?? []), sentAtMs]);
    }
    const latestLane = latest === undefined ? undefined : parseEntry(latest).lane;
    await Promise.all(
      [...lanes].map(([lane, times]) =>
        this.orUndefined(() => this.dependencies.store.close(lane, times, isProof && lane === latestLane)),
      ),
    );
  }

  private record(request: GuardedRequest, lane: Lane, decision: LaneDecision): void {
    const { audit, observe, mode } = this.dependencies;
    const { hour, day } = decision.levels;
    observe.decided(lane, decision.kind);
    audit('guard_decision', {
      ...request,
      mode,
      lane,
      decision: decision.kind,
      openHour: hour.open,
      lineHour: hour.line,
      openDay: day.open,
      lineDay: day.line,
    });
  }

  /**
   * Within the time budget of the request, and without a shorter limit of its own: a burst that makes Redis slow must not pass the
   * guard. If the budget is used up, the request fails at its next step, and nothing is sent.
   */
  private async orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError)) throw error;
      this.dependencies.observe.unavailable();
      return undefined;
    }
  }
}

function entryOf(lane: Lane, sentAtMs: string): string {
  return `${lane}@${sentAtMs}`;
}

function parseEntry(entry: string): { lane: Lane | undefined; sentAtMs: string } {
  const [name, sentAtMs = ''] = entry.split('@');
  return { lane: LANES.find((lane) => lane === name), sentAtMs };
}
