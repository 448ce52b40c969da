// The client of a dependency: time limits, durations, and one kind of error for every outage.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DeadlineExceededError } from '../../src/common/deadline.ts';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import { unavailableOnOutage } from '../../src/errors/service-unavailable.ts';
import {
  createDependencyClient,
  type DependencyClientOptions,
} from '../../src/infrastructure/dependency-client.ts';

class ConnectionLostError extends Error {}

function createTestClient(options: Partial<DependencyClientOptions> = {}) {
  const observed: { seconds: number; outage: unknown }[] = [];
  let clients = 0;
  const dependency = createDependencyClient(() => ({ id: ++clients }), {
    name: 'the store',
    timeoutMs: 1000,
    isOutage: (error) => error instanceof ConnectionLostError || error instanceof DeadlineExceededError,
    observe: (seconds, outage) => observed.push({ seconds, outage }),
    ...options,
  });
  return { dependency, observed };
}

describe('a dependency client', () => {
  it('returns the result of a call and creates a client for each call', async () => {
    const { dependency, observed } = createTestClient();
    expect(await dependency.use(async ({ id }) => id)).toBe(1);
    expect(await dependency.use(async ({ id }) => id)).toBe(2);
    expect(observed).toEqual([
      { seconds: expect.any(Number), outage: undefined },
      { seconds: expect.any(Number), outage: undefined },
    ]);
  });

  it('throws DependencyUnavailableError with the name and the cause of an outage', async () => {
    const { dependency, observed } = createTestClient();
    const lost = new ConnectionLostError('lost');
    const error = await dependency.use(() => Promise.reject(lost)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(error).toMatchObject({
      dependency: 'the store',
      message: 'the store is unavailable',
      cause: lost,
    });
    expect(observed).toEqual([{ seconds: expect.any(Number), outage: lost }]);
  });

  it('throws DependencyUnavailableError for a call that exceeds its time limit', async () => {
    const { dependency, observed } = createTestClient({ timeoutMs: 50 });
    await expect(dependency.use(() => new Promise(() => {}))).rejects.toThrow(DependencyUnavailableError);
    expect(observed).toHaveLength(1);
    expect(observed[0]?.seconds).toBeGreaterThan(0.045);
    expect(observed[0]?.seconds).toBeLessThan(0.25);
  });

  it('throws DependencyUnavailableError if no client can be created', async () => {
    const observed: unknown[] = [];
    const lost = new ConnectionLostError('no client');
    const dependency = createDependencyClient(
      () => {
        throw lost;
      },
      {
        name: 'the store',
        timeoutMs: 1000,
        isOutage: () => true,
        observe: (_seconds, outage) => observed.push(outage),
      },
    );
    await expect(dependency.use(async () => 1)).rejects.toThrow(DependencyUnavailableError);
    expect(observed).toEqual([lost]);
  });

  it('throws every other error as it is, and does not report it as an outage', async () => {
    const { dependency, observed } = createTestClient();
    const error = new TypeError('invalid query');
    await expect(dependency.use(() => Promise.reject(error))).rejects.toBe(error);
    expect(observed).toEqual([{ seconds: expect.any(Number), outage: undefined }]);
  });
});

describe('the time budget of a request', () => {
  it('ends a request whose calls take more than 1.5 s together, though each is within its limit', async () => {
    const { dependency } = createTestClient();
    let completed = 0;
    const startedMs = performance.now();
    const outcome = await unavailableOnOutage(async () => {
      for (; completed < 3; completed += 1) await dependency.use(() => sleep(700));
    });
    expect(outcome).toMatchObject({ retryAfterSeconds: 5 });
    expect(performance.now() - startedMs).toBeLessThan(1900);
    expect(completed).toBe(2);
  });

  it('includes neither the time between calls nor the calls of other requests', async () => {
    const { dependency } = createTestClient();
    const call = () => dependency.use(() => sleep(600, 'done'));
    const request = async () => {
      await call();
      await sleep(600);
      return call();
    };
    const outcomes = await Promise.all([unavailableOnOutage(request), unavailableOnOutage(request)]);
    expect(outcomes).toEqual(['done', 'done']);
  });

  it('sends no call when nothing of it is left', async () => {
    const { dependency } = createTestClient();
    let sent = 0;
    const outcome = await unavailableOnOutage(async () => {
      for (let calls = 0; calls < 2; calls += 1) await dependency.use(() => sleep(800));
      return dependency.use(async () => {
        sent += 1;
      });
    });
    expect(outcome).toMatchObject({ retryAfterSeconds: 5 });
    expect(sent).toBe(0);
  });

  it('counts calls at the same time once', async () => {
    const { dependency } = createTestClient();
    const call = () => dependency.use(() => sleep(600, 'done'));
    const request = async () => {
      await Promise.all([call(), call(), call()]);
      return call();
    };
    expect(await unavailableOnOutage(request)).toBe('done');
  });

  it('does not limit calls outside a request', async () => {
    const { dependency } = createTestClient();
    for (let calls = 0; calls < 3; calls += 1) await dependency.use(() => sleep(600));
  });
});
