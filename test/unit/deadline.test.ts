// A time limit for any work.

import { describe, expect, it } from '@jest/globals';
import { DeadlineExceededError, withDeadline } from '../../src/common/deadline.ts';

const LIMIT_MS = 50;
const SLACK_MS = 200;

const never = () => new Promise<never>(() => {});

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('work with a deadline', () => {
  it('gives its result', async () => {
    expect(await withDeadline(LIMIT_MS, async () => 'done')).toBe('done');
  });

  it('fails as it fails', async () => {
    const fault = new Error('of its own');
    await expect(withDeadline(LIMIT_MS, () => Promise.reject(fault))).rejects.toBe(fault);
  });

  it('may fail before it has even begun', async () => {
    const fault = new Error('at once');
    await expect(
      withDeadline(LIMIT_MS, () => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });

  it('ends on time even if it never listens', async () => {
    const startedMs = performance.now();
    await expect(withDeadline(LIMIT_MS, never)).rejects.toThrow(DeadlineExceededError);
    const spentMs = performance.now() - startedMs;
    expect(spentMs).toBeGreaterThan(LIMIT_MS - 5);
    expect(spentMs).toBeLessThan(LIMIT_MS + SLACK_MS);
  });

  it('says how long it was waited for', async () => {
    await expect(withDeadline(LIMIT_MS, never)).rejects.toMatchObject({
      name: 'DeadlineExceededError',
      message: 'no answer within 50 ms',
    });
  });

  it('hears from its signal that time is up, and why', async () => {
    let heard: AbortSignal | undefined;
    const late = withDeadline(LIMIT_MS, (signal) => {
      heard = signal;
      expect(signal.aborted).toBe(false);
      return never();
    });
    const error = await late.catch((reason: unknown) => reason);
    expect(heard?.aborted).toBe(true);
    expect(heard?.reason).toBe(error);
  });

  it('is late even if it ends because of the signal', async () => {
    const work = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    await expect(withDeadline(LIMIT_MS, work)).rejects.toThrow(DeadlineExceededError);
  });

  it('is not told to stop after it has ended', async () => {
    const signals: AbortSignal[] = [];
    const quick = async (signal: AbortSignal) => signals.push(signal);
    await withDeadline(1, quick);
    await withDeadline(LIMIT_MS, never).catch(() => {}); // longer than the first one's limit
    expect(signals[0]?.aborted).toBe(false);
  });

  it('leaves no timer behind, whether it ended, failed or was late', async () => {
    const before = runningTimers();
    await withDeadline(60_000, async () => 'done');
    await withDeadline(60_000, () => Promise.reject(new Error('failed'))).catch(() => {});
    await withDeadline(60_000, () => {
      throw new Error('at once');
    }).catch(() => {});
    await withDeadline(1, never).catch(() => {});
    expect(runningTimers()).toBe(before);
  });

  it('may fail after its deadline without anybody hearing of it', async () => {
    let fail = (_fault: Error) => {};
    const late = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    await expect(withDeadline(1, () => late)).rejects.toThrow(DeadlineExceededError);
    const unheard: unknown[] = [];
    const listener = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', listener);
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unheard).toEqual([]);
  });
});
