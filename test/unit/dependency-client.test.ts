// What a feature sees of a connection: an answer, "unavailable", or a fault of ours.

import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { DeadlineExceededError } from '../../src/common/deadline.ts';
import { DependencyUnavailableError, orUnavailable } from '../../src/common/dependency.ts';
import { type DependencyClientOptions, guard } from '../../src/infrastructure/dependency-client.ts';

class ConnectionLost extends Error {}

function guarded(options: Partial<DependencyClientOptions> = {}) {
  const observed: { seconds: number; outage: unknown }[] = [];
  let clients = 0;
  const dependency = guard(() => ({ id: ++clients }), {
    name: 'the store',
    timeoutMs: 1000,
    isOutage: (error) => error instanceof ConnectionLost || error instanceof DeadlineExceededError,
    observe: (seconds, outage) => observed.push({ seconds, outage }),
    ...options,
  });
  return { dependency, observed };
}

describe('a guarded connection', () => {
  it('gives the answer, each piece of work with a client of its own', async () => {
    const { dependency, observed } = guarded();
    expect(await dependency.use(async ({ id }) => id)).toBe(1);
    expect(await dependency.use(async ({ id }) => id)).toBe(2);
    expect(observed).toEqual([
      { seconds: expect.any(Number), outage: undefined },
      { seconds: expect.any(Number), outage: undefined },
    ]);
  });

  it('is unavailable when the other side is away, and says which side and why', async () => {
    const { dependency, observed } = guarded();
    const lost = new ConnectionLost('gone');
    const error = await dependency.use(() => Promise.reject(lost)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DependencyUnavailableError);
    expect(error).toMatchObject({
      dependency: 'the store',
      message: 'the store is unavailable',
      cause: lost,
    });
    expect(observed).toEqual([{ seconds: expect.any(Number), outage: lost }]);
  });

  it('is unavailable when nothing comes within its time limit', async () => {
    const { dependency, observed } = guarded({ timeoutMs: 50 });
    await expect(dependency.use(() => new Promise(() => {}))).rejects.toThrow(DependencyUnavailableError);
    expect(observed).toHaveLength(1);
    expect(observed[0]?.seconds).toBeGreaterThan(0.045);
    expect(observed[0]?.seconds).toBeLessThan(0.25);
  });

  it('is unavailable when the calls of one request take 1.5 seconds together, each within its limit', async () => {
    const { dependency } = guarded();
    const slow = () => dependency.use(() => new Promise((resolve) => setTimeout(resolve, 700)));
    let answered = 0;
    const startedMs = performance.now();
    const outcome = await orUnavailable(async () => {
      for (; answered < 3; answered += 1) await slow();
    });
    expect(outcome).toMatchObject({ retryAfterSeconds: 5 });
    expect(performance.now() - startedMs).toBeLessThan(1900);
    expect(answered).toBe(2);
  });

  it('counts as time of a request only what its calls take, and nothing of another request', async () => {
    const { dependency } = guarded();
    const work = () => dependency.use(() => new Promise((resolve) => setTimeout(resolve, 600, 'done')));
    const pause = () => new Promise((resolve) => setTimeout(resolve, 600));
    const request = async () => {
      await work();
      await pause();
      return work();
    };
    expect(await Promise.all([orUnavailable(request), orUnavailable(request)])).toEqual(['done', 'done']);
  });

  it('passes on a fault of ours as it is, which is no outage', async () => {
    const { dependency, observed } = guarded();
    const fault = new TypeError('a wrong query');
    await expect(dependency.use(() => Promise.reject(fault))).rejects.toBe(fault);
    expect(observed).toEqual([{ seconds: expect.any(Number), outage: undefined }]);
  });

  it('is unavailable when there is not even a client to be had', async () => {
    const observed: unknown[] = [];
    const lost = new ConnectionLost('no client');
    const dependency = guard(
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
});
