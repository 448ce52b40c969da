// The SMS gateway of a drill: it accepts every SMS, and counts those that a mobile should not have received.

import { success, TestGateway } from '../../support/test-gateway.ts';

export interface SmsLimits {
  readonly cooldownSeconds: number;
  readonly perHour: number;
}

/** An SMS of the service may reach the gateway later than another, by up to this time on a busy machine. */
const TOLERANCE_MS = 1000;

export class SmsCounter {
  /** The times at which each mobile received an SMS. */
  readonly timesByMobile = new Map<string, number[]>();

  private readonly codes = new Map<string, string>();
  private readonly gateway = new TestGateway();

  /** Returns the URL of the gateway. */
  start(): Promise<string> {
    this.gateway.answer = (response, request) => {
      const times = this.timesByMobile.get(request.to) ?? [];
      this.timesByMobile.set(request.to, [...times, performance.now()]);
      this.codes.set(request.to, request.code);
      success(response, request);
    };
    return this.gateway.start();
  }

  stop(): Promise<void> {
    return this.gateway.stop();
  }

  /** The code that the mobile received last. */
  lastCode(mobile: string): string | undefined {
    return this.codes.get(mobile);
  }

  get total(): number {
    return [...this.timesByMobile.values()].reduce((sum, times) => sum + times.length, 0);
  }

  /** How many SMS came within the cooldown of the SMS before, or above the limit of the hour. */
  beyond(limits: SmsLimits): number {
    return [...this.timesByMobile.values()].reduce((sum, times) => sum + countBeyond(times, limits), 0);
  }
}

/** For the times of one mobile, in their order. A drill is shorter than an hour. */
export function countBeyond(timesMs: readonly number[], { cooldownSeconds, perHour }: SmsLimits): number {
  const cooldownMs = cooldownSeconds * 1000 - TOLERANCE_MS;
  return timesMs.filter((timeMs, index) => {
    const previousMs = timesMs[index - 1];
    return index >= perHour || (previousMs !== undefined && timeMs - previousMs < cooldownMs);
  }).length;
}
