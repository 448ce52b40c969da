// A time limit for asynchronous work.

import { describe, expect, it } from '@jest/globals';
import { DeadlineExceededError, withDeadline } from '../../src/common/deadline.ts';

const LIMIT_MS = 50;
const SLACK_MS = 200;

const never = () => new Promise<never>(() => {});

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('withDeadline', () => {
  it('returns the result of the work', async () => {
    expect(await withDeadline(LIMIT_MS, async () => 'done')).toBe('done');
  });

  it('throws the error of the work', async () => {
    const failure = new Error('failed');
    await expect(withDeadline(LIMIT_MS, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('throws the error of work that fails synchronously', async () => {
    const failure = new Error('failed at once');
    await expect(
      withDeadline(LIMIT_MS, () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
  });

  it('throws at the deadline, while the work goes on', async () => {
    const startedMs = performance.now();
    await expect(withDeadline(LIMIT_MS, never)).rejects.toThrow(DeadlineExceededError);
    const elapsedMs = performance.now() - startedMs;
    expect(elapsedMs).toBeGreaterThan(LIMIT_MS - 5);
    expect(elapsedMs).toBeLessThan(LIMIT_MS + SLACK_MS);
  });

  it('reports the time limit in the error', async () => {
    await expect(withDeadline(LIMIT_MS, never)).rejects.toMatchObject({
      name: 'DeadlineExceededError',
      message: 'no answer within 50 ms',
    });
  });

  it('leaves no timer behind, whether the work completes, fails or exceeds the deadline', async () => {
    const before = runningTimers();
    await withDeadline(60_000, async () => 'done');
    await withDeadline(60_000, () => Promise.reject(new Error('failed'))).catch(() => {});
    await withDeadline(60_000, () => {
      throw new Error('at once');
    }).catch(() => {});
    await withDeadline(1, never).catch(() => {});
    expect(runningTimers()).toBe(before);
  });

  it('ignores an error after the deadline, without an unhandled rejection', async () => {
    let failLate = (_error: Error) => {};
    const work = new Promise<never>((_resolve, reject) => {
      failLate = reject;
    });
    await expect(withDeadline(1, () => work)).rejects.toThrow(DeadlineExceededError);
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    failLate(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
