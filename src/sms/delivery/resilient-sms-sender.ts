// Stands between the service and a provider that hangs or is away: a bound on texts under way, and a circuit breaker.

import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';
import { InFlight } from '../../common/in-flight.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../sms-sender.ts';

export interface ResilienceSettings {
  /** Texts under way at once, those that wait for a connection included; one more is surely not sent. */
  readonly maxInFlight: number;
  /** After so many texts in a row that got no answer, none is tried … */
  readonly failureThreshold: number;
  /** … for so long; then one is, and decides. */
  readonly resetTimeoutMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

const STATES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};
const RETRY_WHEN_CROWDED_SECONDS = 5;

export class ResilientSmsSender implements SmsSender {
  private readonly places;
  private readonly breaker;
  private openedAtMs = 0;
  private readonly running = new InFlight();

  constructor(
    private readonly sender: SmsSender,
    private readonly settings: ResilienceSettings,
  ) {
    this.places = bulkhead(settings.maxInFlight);
    this.breaker = circuitBreaker(
      handleWhenResult((outcome) => (outcome as SmsOutcome).unreachable === true),
      { halfOpenAfter: settings.resetTimeoutMs, breaker: new ConsecutiveBreaker(settings.failureThreshold) },
    );
    this.breaker.onBreak(() => {
      this.openedAtMs = Date.now();
    });
  }

  get circuitState(): BreakerState {
    return STATES[this.breaker.state];
  }

  get inFlight(): number {
    return this.running.count;
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    // The breaker would let all others wait for the one that decides.
    if (this.breaker.state === CircuitState.HalfOpen) return this.resting();
    try {
      return await this.places.execute(() => this.try(message));
    } catch (error) {
      if (error instanceof BrokenCircuitError) return this.resting();
      if (error instanceof BulkheadRejectedError) {
        const reason = 'too many texts are under way';
        return { kind: 'rejected', reason, retryAfterSeconds: RETRY_WHEN_CROWDED_SECONDS };
      }
      throw error;
    }
  }

  /** Resolves when no text is under way, or after `atMostMs`. */
  finish(atMostMs: number): Promise<void> {
    return this.running.finish(atMostMs);
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  private async try(message: SmsMessage): Promise<SmsOutcome> {
    this.running.begin();
    try {
      return await this.breaker.execute(() => this.sender.send(message));
    } finally {
      this.running.end();
    }
  }

  private resting(): SmsOutcome {
    const leftMs = this.openedAtMs + this.settings.resetTimeoutMs - Date.now();
    return {
      kind: 'rejected',
      reason: 'the provider gave no answer lately',
      retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
    };
  }
}
