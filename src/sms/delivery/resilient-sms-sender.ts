// Protects the service from a provider that hangs or is down: a bulkhead bounds the sends in flight, and a circuit breaker
// rejects sends while the provider does not answer.

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
import { RETRY_AFTER_BULKHEAD_FULL_SECONDS } from '../../config/time-budgets.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../sms-sender.ts';

export interface ResilienceSettings {
  /** Size of the bulkhead: sends at once, including those that wait for a connection. */
  readonly maxInFlight: number;
  /** Consecutive unreachable sends that open the circuit. */
  readonly failureThreshold: number;
  /** An open circuit becomes half-open after this time: one send decides whether it closes. */
  readonly resetTimeoutMs: number;
}

export type CircuitBreakerState = 'closed' | 'open' | 'half_open';

const STATES: Record<CircuitState, CircuitBreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};

export class ResilientSmsSender implements SmsSender {
  private readonly bulkhead;
  private readonly breaker;
  private openedAtMs = 0;
  private readonly inFlightSends = new InFlight();

  constructor(
    private readonly sender: SmsSender,
    private readonly settings: ResilienceSettings,
  ) {
    this.bulkhead = bulkhead(settings.maxInFlight);
    this.breaker = circuitBreaker(
      handleWhenResult((outcome) => (outcome as SmsOutcome).unreachable === true),
      {
        halfOpenAfter: settings.resetTimeoutMs,
        breaker: new ConsecutiveBreaker(settings.failureThreshold),
      },
    );
    this.breaker.onBreak(() => {
      this.openedAtMs = Date.now();
    });
  }

  get circuitState(): CircuitBreakerState {
    return STATES[this.breaker.state];
  }

  get inFlight(): number {
    return this.inFlightSends.count;
  }

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    // Cockatiel would make all other sends wait for the one that tests a half-open circuit.
    if (this.breaker.state === CircuitState.HalfOpen) return this.circuitOpen();
    try {
      return await this.bulkhead.execute(() => this.attempt(message, timeoutMs));
    } catch (error) {
      if (error instanceof BrokenCircuitError) return this.circuitOpen();
      if (error instanceof BulkheadRejectedError) {
        const reason = 'too many sends in flight';
        return {
          kind: 'rejected',
          cause: 'provider',
          reason,
          retryAfterSeconds: RETRY_AFTER_BULKHEAD_FULL_SECONDS,
        };
      }
      throw error;
    }
  }

  /** Resolves when no send is in flight, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void> {
    return this.inFlightSends.drain(timeoutMs);
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  private async attempt(message: SmsMessage, timeoutMs: number | undefined): Promise<SmsOutcome> {
    this.inFlightSends.start();
    try {
      return await this.breaker.execute(() => this.sender.send(message, timeoutMs));
    } finally {
      this.inFlightSends.end();
    }
  }

  private circuitOpen(): SmsOutcome {
    const remainingMs = this.openedAtMs + this.settings.resetTimeoutMs - Date.now();
    const retryAfterSeconds = Math.max(1, Math.ceil(remainingMs / 1000));
    return { kind: 'rejected', cause: 'provider', reason: 'circuit open', retryAfterSeconds };
  }
}
