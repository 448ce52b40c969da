// The bulkhead and the circuit breaker in front of an SMS provider.

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ResilientSmsSender } from '../../src/sms/delivery/resilient-sms-sender.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { smsMessage } from '../support/sms-message.ts';

const message = smsMessage({ code: '042517' });
const accepted: SmsOutcome = { kind: 'accepted', messageId: '1' };
const rejected: SmsOutcome = {
  kind: 'rejected',
  cause: 'recipient',
  reason: '160042',
  retryAfterSeconds: 10,
};
const timedOut: SmsOutcome = { kind: 'unknown', reason: 'time-out', unreachable: true };
const notConnected: SmsOutcome = {
  kind: 'rejected',
  cause: 'provider',
  reason: 'ECONNREFUSED',
  retryAfterSeconds: 10,
  unreachable: true,
};

const MAX_IN_FLIGHT = 3;
const FAILURE_THRESHOLD = 2;
const RESET_TIMEOUT_MS = 10_000;

describe('ResilientSmsSender', () => {
  /** One for each send that reached the provider and has no outcome yet. */
  let pending: ((outcome: SmsOutcome) => void)[];
  let isClosed: boolean;
  let sender: ResilientSmsSender;
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000, doNotFake: ['nextTick', 'queueMicrotask'] });
    pending = [];
    isClosed = false;
    const provider = {
      send: () => new Promise<SmsOutcome>((resolve) => pending.push(resolve)),
      close: async () => {
        isClosed = true;
      },
    };
    sender = new ResilientSmsSender(provider, {
      maxInFlight: MAX_IN_FLIGHT,
      failureThreshold: FAILURE_THRESHOLD,
      resetTimeoutMs: RESET_TIMEOUT_MS,
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  async function sendWith(outcome: SmsOutcome): Promise<SmsOutcome> {
    const sent = sender.send(message);
    pending.pop()?.(outcome);
    return sent;
  }

  it('returns the outcomes of the provider unchanged, and closes it', async () => {
    for (const outcome of [accepted, rejected, notConnected]) expect(await sendWith(outcome)).toBe(outcome);
    await sender.close();
    expect(isClosed).toBe(true);
  });

  it('rejects a send at once, without passing it to the provider, while the bulkhead is full', async () => {
    const inFlight = Array.from({ length: MAX_IN_FLIGHT }, () => sender.send(message));
    expect(sender.inFlight).toBe(MAX_IN_FLIGHT);
    expect(await sender.send(message)).toEqual({
      kind: 'rejected',
      cause: 'provider',
      reason: 'too many sends in flight',
      retryAfterSeconds: 5,
    });
    expect(pending).toHaveLength(MAX_IN_FLIGHT);
    for (const resolve of pending) resolve(accepted);
    expect(await Promise.all(inFlight)).toEqual([accepted, accepted, accepted]);
    expect(sender.inFlight).toBe(0);
  });

  it('does not count a full bulkhead as a failure of the provider', async () => {
    const inFlight = Array.from({ length: MAX_IN_FLIGHT }, () => sender.send(message));
    for (let sends = 0; sends < 10; sends += 1) await sender.send(message);
    for (const resolve of pending) resolve(accepted);
    await Promise.all(inFlight);
    expect(sender.circuitState).toBe('closed');
  });

  it('drains its sends in flight, up to a time-out', async () => {
    await sender.drain(1000);
    const sent = sender.send(message);
    const drained = sender.drain(1000);
    pending.pop()?.(accepted);
    await Promise.all([sent, drained]);
    sender.send(message);
    const timedOutDrain = sender.drain(1000);
    jest.advanceTimersByTime(1000);
    await timedOutDrain;
    expect(sender.inFlight).toBe(1);
  });

  it('opens the circuit after consecutive unreachable sends and reports the seconds to wait', async () => {
    await sendWith(timedOut);
    expect(sender.circuitState).toBe('closed');
    await sendWith(notConnected);
    expect(sender.circuitState).toBe('open');
    jest.advanceTimersByTime(3500);
    expect(await sender.send(message)).toEqual({
      kind: 'rejected',
      cause: 'provider',
      reason: 'circuit open',
      retryAfterSeconds: 7,
    });
    expect(pending).toHaveLength(0);
  });

  it('keeps the circuit closed for rejections, and for failures that are not consecutive', async () => {
    for (const outcome of [timedOut, accepted, timedOut, rejected, timedOut, rejected, rejected, rejected])
      await sendWith(outcome);
    expect(sender.circuitState).toBe('closed');
  });

  it('tests a half-open circuit with one send and rejects the others without waiting', async () => {
    await sendWith(timedOut);
    await sendWith(timedOut);
    jest.advanceTimersByTime(RESET_TIMEOUT_MS);
    const trial = sender.send(message);
    expect(sender.circuitState).toBe('half_open');
    expect(await sender.send(message)).toMatchObject({ kind: 'rejected', retryAfterSeconds: 1 });
    pending.pop()?.(timedOut);
    expect(await trial).toBe(timedOut);
    expect(sender.circuitState).toBe('open');
    jest.advanceTimersByTime(RESET_TIMEOUT_MS);
    expect(await sendWith(accepted)).toBe(accepted);
    expect(sender.circuitState).toBe('closed');
  });
});
