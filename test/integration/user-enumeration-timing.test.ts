// ENUMERATION=conceal: the response times do not disclose whether a mobile is registered.
//
// The two sides are compared by a rank test at a significance of one in 10,000. Requests start at a fixed interval, in
// blocks of ten with five of each side in random order; a block is compared with itself only, so that a machine that is
// busy for a while slows down both sides. The same samples must also reveal a leak of 10 ms: a test that is blind on a
// noisy machine fails.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Purpose, type SmsCodeRequest } from '../support/api.ts';
import { type Samples, vanElteren } from '../support/rank-test.ts';
import { seededRandom, shuffled } from '../support/seeded-random.ts';
import { type TestApp, withTestApp } from '../support/test-app.ts';
import { successAfter } from '../support/test-gateway.ts';
import { registerMobiles } from '../support/users.ts';
import { plantCaptcha } from '../support/verification.ts';

const BLOCKS = 40;
const SIDE_PER_BLOCK = 5;
const START_INTERVAL_MS = 20;
const SIGNIFICANCE = 1e-4;
const LEAK_MS = 10;
const SEED = 20_260_302;

type Side = 'registered' | 'unregistered';

interface TimedRequest extends SmsCodeRequest {
  readonly side: Side;
}

describe.each<[Purpose]>([['REGISTER'], ['LOGIN']])('with user-enumeration protection, for %s', (purpose) => {
  const app = withTestApp({ settings: { ENUMERATION: 'conceal' } });

  it('response times are the same for registered and unregistered mobiles, and would reveal 10 ms of difference', async () => {
    const random = seededRandom(SEED);
    app.gateway.answer = successAfter(() => 20 + random() * 200);
    const requests = await prepare(app, purpose, random);
    const milliseconds = await timeAll(requests, async (request) => {
      expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    });
    expect(app.gateway.requests).toHaveLength(requests.length / 2);
    expectNoLeak(requests, milliseconds);
  }, 60_000);
});

/** Requests with solved captchas, in the order in which they start. */
async function prepare(app: TestApp, purpose: Purpose, random: () => number): Promise<TimedRequest[]> {
  const sides = Array.from({ length: BLOCKS }, () => {
    const block = Array.from({ length: SIDE_PER_BLOCK }, (): Side[] => ['registered', 'unregistered']);
    return shuffled(block.flat(), random);
  }).flat();
  const requests = await Promise.all(
    sides.map(async (side) => ({ side, mobile: freshMobile(), purpose, ...(await plantCaptcha(app)) })),
  );
  const registered = requests.filter(({ side }) => side === 'registered');
  await registerMobiles(
    app,
    registered.map(({ mobile }) => mobile),
  );
  return requests;
}

/** Starts a task for each item at a fixed interval; resolves to the duration of each. */
function timeAll<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<number[]> {
  const startedMs = performance.now();
  return Promise.all(
    items.map(
      (item, index) =>
        new Promise<number>((resolve, reject) => {
          const run = async () => {
            const taskStartedMs = performance.now();
            await task(item);
            return performance.now() - taskStartedMs;
          };
          const delayMs = startedMs + index * START_INTERVAL_MS - performance.now();
          setTimeout(() => run().then(resolve, reject), delayMs);
        }),
    ),
  );
}

function expectNoLeak(requests: readonly TimedRequest[], milliseconds: readonly number[]): void {
  const measured = compare(requests, milliseconds, { registered: 0, unregistered: 0 });
  if (process.env.TIMING) console.log(JSON.stringify([measured, compare(requests, milliseconds, {registered: LEAK_MS, unregistered: 0}), compare(requests, milliseconds, {registered: 0, unregistered: LEAK_MS}), quant(milliseconds)]));
  expect(measured.pValue).toBeGreaterThan(SIGNIFICANCE);
  for (const leak of [
    { registered: LEAK_MS, unregistered: 0 },
    { registered: 0, unregistered: LEAK_MS },
  ]) {
    expect(compare(requests, milliseconds, leak).pValue).toBeLessThan(SIGNIFICANCE);
  }
}
function quant(x: readonly number[]) { const s=[...x].sort((a,b)=>a-b); return [0,.05,.25,.5,.75,.95,1].map(q=>Math.round(Number(s[Math.min(s.length-1,Math.floor(q*s.length))]))); }

/** The rank test, with an artificial delay of each side. */
function compare(
  requests: readonly TimedRequest[],
  milliseconds: readonly number[],
  delayMs: Record<Side, number>,
) {
  const blocks = Array.from({ length: BLOCKS }, (_, block): Samples => {
    const from = block * 2 * SIDE_PER_BLOCK;
    const samples = { registered: [] as number[], unregistered: [] as number[] };
    for (const [index, { side }] of requests.slice(from, from + 2 * SIDE_PER_BLOCK).entries())
      samples[side].push(Number(milliseconds[from + index]) + delayMs[side]);
    return { first: samples.registered, second: samples.unregistered };
  });
  return vanElteren(blocks);
}
