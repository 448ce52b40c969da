// ENUMERATION=conceal: the response times do not disclose whether a mobile is registered.
//
// A rank test compares the two sides. Requests start at a fixed interval, in blocks of ten with five of each side in
// random order. Each block is compared with itself only, so that other load on the machine slows down both sides. The
// same samples, with an artificial delay of one side, must fail the test: a test that cannot see a leak proves nothing.
// On a noisy machine that takes more samples.

import { setTimeout as interval } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Purpose, type SmsCodeRequest } from '../support/api.ts';
import { type RankTest, type Samples, vanElteren } from '../support/rank-test.ts';
import { seededRandom, shuffled } from '../support/seeded-random.ts';
import { type TestApp, withTestApp } from '../support/test-app.ts';
import { successAfter } from '../support/test-gateway.ts';
import { registerMobiles } from '../support/users.ts';
import { plantCaptcha } from '../support/verification.ts';

const SIDE_PER_BLOCK = 5;
const START_INTERVAL_MS = 15;
const MAX_IN_FLIGHT = 100;
/** The chance of a false alarm: 1 in 100,000. */
const SIGNIFICANCE = 1e-5;
const MAX_ROUNDS = 5;
const SEED = 20_260_302;

type Side = 'registered' | 'unregistered';

interface Sample {
  readonly side: Side;
  readonly milliseconds: number;
}

/** Sends a request, checks its outcome and resolves to the time that it took. */
type Measure = (request: SmsCodeRequest) => Promise<number>;

describe('with user-enumeration protection', () => {
  const app = withTestApp({ settings: { ENUMERATION: 'conceal' } });
  const random = seededRandom(SEED);

  const requestSms: Measure = async (request) => {
    const startedMs = performance.now();
    expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    return performance.now() - startedMs;
  };

  /** Times the second of two identical concurrent requests, and repeats it once more. */
  const repeatRequest: Measure = async (request) => {
    const startedMs = performance.now();
    const first = app.api.requestSmsCode(request);
    const repeat = await app.api.requestSmsCode(request);
    const milliseconds = performance.now() - startedMs;
    expect(expectType(repeat, 'SmsCodeSent')).toEqual(await first);
    expect(await app.api.requestSmsCode(request)).toEqual(repeat);
    return milliseconds;
  };

  it.each<[what: string, purpose: Purpose, measure: Measure, blocks: number, leakMs: number]>([
    ['for REGISTER', 'REGISTER', requestSms, 40, 10],
    ['for LOGIN', 'LOGIN', requestSms, 40, 10],
    // A repeated request polls at up to 100 ms, which hides smaller differences.
    ['for a repeated request', 'REGISTER', repeatRequest, 10, 50],
  ])(
    'response times do not differ between registered and unregistered mobiles %s',
    async (_what, purpose, measure, blocksPerRound, leakMs) => {
      app.gateway.answer = successAfter(() => 20 + random() * 200);
      const blocks: Sample[][] = [];
      for (let round = 0; round < MAX_ROUNDS && !revealsLeak(blocks, leakMs); round += 1)
        blocks.push(...(await sampleBlocks(app, { purpose, measure, count: blocksPerRound, random })));
      expect(app.gateway.requests).toHaveLength(blocks.length * SIDE_PER_BLOCK);
      expect(revealsLeak(blocks, leakMs)).toBe(true);
      expect(compare(blocks).pValue).toBeGreaterThan(SIGNIFICANCE);
    },
    90_000,
  );
});

/** Whether the samples would fail the test if either side were so much slower. */
function revealsLeak(blocks: readonly Sample[][], leakMs: number): boolean {
  const leaks = [
    { registered: leakMs, unregistered: 0 },
    { registered: 0, unregistered: leakMs },
  ];
  return leaks.every((delayMs) => compare(blocks, delayMs).pValue < SIGNIFICANCE);
}

/** The rank test, optionally with an artificial delay of each side. */
function compare(blocks: readonly Sample[][], delayMs = { registered: 0, unregistered: 0 }): RankTest {
  const valuesOf = (block: readonly Sample[], side: Side) =>
    block.filter((sample) => sample.side === side).map(({ milliseconds }) => milliseconds + delayMs[side]);
  return vanElteren(
    blocks.map(
      (block): Samples => ({
        first: valuesOf(block, 'registered'),
        second: valuesOf(block, 'unregistered'),
      }),
    ),
  );
}

interface Plan {
  readonly purpose: Purpose;
  readonly measure: Measure;
  readonly count: number;
  readonly random: () => number;
}

/** Measures so many blocks, each with new mobiles. */
async function sampleBlocks(app: TestApp, { purpose, measure, count, random }: Plan): Promise<Sample[][]> {
  const sides = Array.from({ length: count }, () => {
    const pairs = Array.from({ length: SIDE_PER_BLOCK }, (): Side[] => ['registered', 'unregistered']);
    return shuffled(pairs.flat(), random);
  }).flat();
  const requests = await Promise.all(
    sides.map(async () => ({ mobile: freshMobile(), purpose, ...(await plantCaptcha(app)) })),
  );
  const registered = requests.filter((_request, index) => sides[index] === 'registered');
  await registerMobiles(
    app,
    registered.map(({ mobile }) => mobile),
  );
  const milliseconds = await startAtInterval(requests, measure);
  const samples = sides.map((side, index): Sample => ({ side, milliseconds: Number(milliseconds[index]) }));
  const size = 2 * SIDE_PER_BLOCK;
  return Array.from({ length: count }, (_, block) => samples.slice(block * size, (block + 1) * size));
}

/** Starts the requests one by one, without more than `MAX_IN_FLIGHT` at once. */
async function startAtInterval(requests: readonly SmsCodeRequest[], measure: Measure): Promise<number[]> {
  const results: Promise<number>[] = [];
  const inFlight = new Set<Promise<number>>();
  for (const request of requests) {
    await interval(START_INTERVAL_MS);
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
    const result = measure(request);
    inFlight.add(result);
    result.then(
      () => inFlight.delete(result),
      () => inFlight.delete(result),
    );
    results.push(result);
  }
  return Promise.all(results);
}
