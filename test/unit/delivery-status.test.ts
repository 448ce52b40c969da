// What a client is told about a delivery in each of its states.

import { describe, expect, it } from '@jest/globals';
import { type DeliveryState, deliveryStatus } from '../../src/sms/delivery/delivery-status.ts';

const REQUESTED_MS = Date.parse('2026-11-25T04:00:00Z');
const UPDATED_MS = REQUESTED_MS + 700;
const MINUTE_MS = 60_000;

const statusAfter = (state: DeliveryState, elapsedMs: number) =>
  deliveryStatus({ state, requestedAtMs: REQUESTED_MS, updatedAtMs: UPDATED_MS }, UPDATED_MS + elapsedMs);

describe('the status of a delivery', () => {
  it.each([
    ['accepted', 'ACCEPTED'],
    ['unknown', 'UNKNOWN'],
    ['delivered', 'DELIVERED'],
    ['undelivered', 'UNDELIVERED'],
    ['verified', 'DELIVERED'],
    ['rejected', 'UNDELIVERED'],
    ['leaving', 'ACCEPTED'],
    ['requested', 'ACCEPTED'],
  ] as const)('%s is shown as %s since the change of the state', (state, status) => {
    expect(statusAfter(state, 1000)).toEqual({ status, updatedAtMs: UPDATED_MS });
  });

  it('becomes UNKNOWN when there is no report for ten minutes', () => {
    expect(statusAfter('accepted', 10 * MINUTE_MS - 1).status).toBe('ACCEPTED');
    expect(statusAfter('accepted', 10 * MINUTE_MS)).toEqual({
      status: 'UNKNOWN',
      updatedAtMs: UPDATED_MS + 10 * MINUTE_MS,
    });
  });

  it.each(['delivered', 'undelivered', 'verified'] as const)('stays for the day once it is %s', (state) => {
    expect(statusAfter(state, 23 * 60 * MINUTE_MS)).toEqual(statusAfter(state, 0));
  });

  it('becomes UNKNOWN when a process died between the start and the outcome of an attempt', () => {
    expect(statusAfter('leaving', 29_000).status).toBe('ACCEPTED');
    expect(statusAfter('leaving', 30_000).status).toBe('UNKNOWN');
  });
});
