// Waiting for a request in flight: one poll for all replays in the process, which ends with the request or with its waiters.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import { ABANDONED_CLAIM_AFTER_MS, REPLAY_POLL_MIN_MS } from '../../src/config/time-budgets.ts';
import type { FoundRecord } from '../../src/verification/idempotency/idempotency.store.ts';
import { PendingRequests } from '../../src/verification/idempotency/pending-requests.service.ts';
import { eventually } from '../support/eventually.ts';

const claim = { record: 'the record', value: 'pending token' };
const pending = (ageMs: number) => ({ kind: 'pending', claim, ageMs }) as const;
const never = async () => false;

/** Waits for a record that holds `found`, and counts how often it is read. */
function waitingFor(executionTimeoutMs = 10_000) {
  const record = { found: pending(0) as FoundRecord | undefined | Error, reads: 0 };
  const store = {
    async read() {
      record.reads += 1;
      if (record.found instanceof Error) throw record.found;
      return record.found;
    },
  };
  const requests = new PendingRequests(store, executionTimeoutMs);
  const wait = (canTakeOver = never, caller = new AbortController()) =>
    requests.wait(pending(0), canTakeOver, caller.signal);
  return { record, wait };
}

describe('replays of a request in flight', () => {
  it('share one poll, and all get the response', async () => {
    const { record, wait } = waitingFor();
    const replays = Array.from({ length: 3000 }, () => wait());
    await eventually(async () => record.reads >= 3);
    record.found = { kind: 'completed', response: 'the response' };
    for (const end of await Promise.all(replays)) expect(end).toEqual(record.found);
    expect(record.reads).toBeLessThan(10);
  });

  it('stop the poll when the last of their clients has disconnected', async () => {
    const { record, wait } = waitingFor();
    const [first, second] = [new AbortController(), new AbortController()];
    const replays = [wait(never, first), wait(never, second)];
    first.abort();
    expect(await replays[0]).toBeUndefined();
    const readBefore = record.reads;
    await eventually(async () => record.reads > readBefore);
    second.abort();
    expect(await replays[1]).toBeUndefined();
    const readAtTheEnd = record.reads;
    await sleep(4 * REPLAY_POLL_MIN_MS);
    expect(record.reads).toBe(readAtTheEnd);
  });

  it('do not start a poll for a client that has disconnected already', async () => {
    const { record, wait } = waitingFor();
    const gone = new AbortController();
    gone.abort();
    expect(await wait(never, gone)).toBeUndefined();
    await sleep(2 * REPLAY_POLL_MIN_MS);
    expect(record.reads).toBe(0);
  });

  it('start a new poll after the last one has ended', async () => {
    const { record, wait } = waitingFor();
    const gone = new AbortController();
    const left = wait(never, gone);
    gone.abort();
    await left;
    const replay = wait();
    record.found = undefined;
    expect(await replay).toEqual({ kind: 'released' });
  });

  it('learn that the request was abandoned only if it had no effect', async () => {
    const { record, wait } = waitingFor();
    record.found = pending(ABANDONED_CLAIM_AFTER_MS);
    expect(await wait(async () => true)).toEqual({ kind: 'abandoned', claim });
  });

  it('learn that the request is lost after the execution time-out', async () => {
    const { record, wait } = waitingFor(5000);
    record.found = pending(5000);
    expect(await wait()).toEqual({ kind: 'lost', claim });
  });

  it('count the age of a request from the claim that holds the record now', async () => {
    const { record, wait } = waitingFor(300);
    record.found = { kind: 'pending', claim: { ...claim, value: 'pending of another' }, ageMs: 0 };
    const startedMs = performance.now();
    const waiting = wait();
    await sleep(200);
    record.found = { ...record.found, claim: { ...claim, value: 'pending of a third' } };
    expect(await waiting).toMatchObject({ kind: 'lost', claim: { value: 'pending of a third' } });
    expect(performance.now() - startedMs).toBeGreaterThan(450);
  });

  it('wait no longer when the clock of Redis goes backwards', async () => {
    const { record, wait } = waitingFor(300);
    record.found = pending(-3_600_000);
    const startedMs = performance.now();
    expect(await wait()).toEqual({ kind: 'lost', claim });
    expect(performance.now() - startedMs).toBeLessThan(1500);
  });

  it('all fail when Redis does not answer', async () => {
    const { record, wait } = waitingFor();
    const outage = new DependencyUnavailableError('redis', { cause: undefined });
    const replays = [wait(), wait()];
    record.found = outage;
    for (const replay of replays) await expect(replay).rejects.toBe(outage);
  });
});
