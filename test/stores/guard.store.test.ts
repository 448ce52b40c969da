// The lanes of the guard on every kind of Redis: exact under concurrency, two sliding windows, a line that proofs raise, and a size
// that does not depend on the number of SMS.

import { beforeEach, expect, it } from '@jest/globals';
import { GuardStore } from '../../src/guard/guard.store.ts';
import type { Lane, LineOptions } from '../../src/guard/lane.ts';
import { keys } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LANE: Lane = 'new.unproven';
const LANE_KEY = keys.guardLane(LANE);
const NETWORK = '203.0.112.0/20';

/** Milliseconds of one step of the fields whose names end in a bucket, an hour or a day. */
const FIELD_STEP_MS: Record<string, number> = {
  hour: MINUTE_MS,
  day: 10 * MINUTE_MS,
  best: DAY_MS,
  proofs: DAY_MS,
  passed: DAY_MS,
  rejected: DAY_MS,
};

describeEachRedis('GuardStore', (kind) => {
  const redis = withRedis(kind);
  let elapsedMs = 0;
  beforeEach(async () => {
    elapsedMs = 0;
    await redis.server.flush();
  });

  const storeWith = (lines: Partial<LineOptions> = {}) =>
    new GuardStore(redis.dependency, keys, { basePerHour: 20, basePerDay: 60, perProof: 0.5, ...lines });
  const store = storeWith();
  const open = (count: number, opened = store) =>
    Promise.all(Array.from({ length: count }, () => opened.open(LANE)));
  const countPassed = async (count: number, opened = store) =>
    (await open(count, opened)).filter((decision) => decision.kind === 'passed').length;
  const levels = async (read = store) => (await read.read(LANE)).levels;

  /** Opens one SMS and verifies its code. */
  const prove = async (proving = store, isFirstProofOfDay = true) => {
    const decision = await proving.open(LANE);
    if (decision.kind !== 'passed') throw new Error('the lane is full');
    await proving.close(LANE, [decision.sentAtMs], isFirstProofOfDay);
  };

  /** The lane, as if everything in it had happened so much earlier. */
  async function letTimePass(milliseconds: number): Promise<void> {
    const days = Math.floor((elapsedMs + milliseconds) / DAY_MS) - Math.floor(elapsedMs / DAY_MS);
    elapsedMs += milliseconds;
    const fields = Object.entries(await redis.client.hgetall(LANE_KEY)).map(([field, value]) =>
      earlier(field, value, milliseconds, days),
    );
    await redis.client.del(LANE_KEY);
    await redis.client.hset(LANE_KEY, Object.fromEntries(fields));
    await redis.client.pexpire(LANE_KEY, DAY_MS);
  }

  it('lets exactly the line of 500 SMS at once pass, and counts the others nowhere', async () => {
    expect(await countPassed(kind.isReal ? 500 : 50)).toBe(20);
    expect(await levels()).toEqual({ hour: { open: 20, line: 20 }, day: { open: 20, line: 60 } });
    expect(await countPassed(5)).toBe(0);
    expect(await levels()).toMatchObject({ hour: { open: 20 } });
  });

  it('adds the proofs of the best hour and of the best day to the lines: the sum, not the maximum', async () => {
    for (let proof = 0; proof < 30; proof += 1) await prove();
    expect(await levels()).toEqual({ hour: { open: 0, line: 35 }, day: { open: 0, line: 75 } });
    expect(await countPassed(100)).toBe(35);
  });

  it('keeps the line of the best hour and day for 14 days, and then forgets it', async () => {
    for (let proof = 0; proof < 10; proof += 1) await prove();
    await letTimePass(13 * DAY_MS);
    expect(await levels()).toEqual({ hour: { open: 0, line: 25 }, day: { open: 0, line: 65 } });
    await letTimePass(DAY_MS);
    expect(await levels()).toEqual({ hour: { open: 0, line: 20 }, day: { open: 0, line: 60 } });
  });

  it('takes the best hour, not the sum of hours', async () => {
    for (let proof = 0; proof < 10; proof += 1) await prove();
    await letTimePass(2 * DAY_MS);
    for (let proof = 0; proof < 4; proof += 1) await prove();
    expect(await levels()).toMatchObject({ hour: { line: 25 }, day: { line: 65 } });
  });

  it('a verified code without a new proof pays back, and does not raise the line', async () => {
    await prove(store, false);
    expect(await levels()).toEqual({ hour: { open: 0, line: 20 }, day: { open: 0, line: 60 } });
  });

  it('pays back all SMS of a code', async () => {
    const decisions = await open(3);
    const times = decisions.map((decision) => (decision.kind === 'passed' ? decision.sentAtMs : ''));
    await store.close(LANE, times, true);
    expect(await levels()).toMatchObject({ hour: { open: 0 }, day: { open: 0 } });
  });

  it('an SMS leaves the window of an hour after an hour, and that of a day after a day', async () => {
    await open(20);
    await letTimePass(HOUR_MS);
    expect(await countPassed(1)).toBe(0);
    await letTimePass(10 * MINUTE_MS);
    expect(await countPassed(25)).toBe(20);
    await letTimePass(70 * MINUTE_MS);
    expect(await countPassed(25)).toBe(20);
    await letTimePass(70 * MINUTE_MS);
    expect(await levels()).toEqual({ hour: { open: 0, line: 20 }, day: { open: 60, line: 60 } });
    expect(await countPassed(1)).toBe(0);
    await letTimePass(DAY_MS);
    expect(await levels()).toMatchObject({ day: { open: 0 } });
    expect(await countPassed(1)).toBe(1);
  });

  it('a payback that comes after the SMS has left a window does not make that window negative', async () => {
    const [decision] = await open(1);
    if (decision?.kind !== 'passed') throw new Error('the lane is full');
    await letTimePass(2 * HOUR_MS);
    await store.close(LANE, [String(Number(decision.sentAtMs) - 2 * HOUR_MS)], true);
    expect(await levels()).toMatchObject({ hour: { open: 0 }, day: { open: 0 } });
  });

  it('with a line that shrinks, an SMS has to wait until enough others have left', async () => {
    const generous = storeWith({ basePerHour: 40 });
    await open(30, generous);
    await letTimePass(10 * MINUTE_MS);
    await open(10, generous);
    const [rejected] = await open(1);
    if (rejected?.kind !== 'rejected') throw new Error('an SMS above the line passed');
    // Below the line of 20 are the ten latest SMS, so the thirty before them have to leave.
    expect(rejected.retryAfterSeconds).toBeGreaterThan(49 * 60);
    expect(rejected.retryAfterSeconds).toBeLessThanOrEqual(51 * 60);
    expect(await levels()).toMatchObject({ hour: { open: 40, line: 20 } });
  });

  it('tells the seconds until an SMS leaves the window of a day', async () => {
    const perDay = storeWith({ basePerHour: 1000 });
    await open(60, perDay);
    await letTimePass(20 * HOUR_MS);
    const [rejected] = await open(1, perDay);
    if (rejected?.kind !== 'rejected') throw new Error('an SMS above the line passed');
    expect(rejected.retryAfterSeconds).toBeGreaterThan(3.8 * 3600);
    expect(rejected.retryAfterSeconds).toBeLessThanOrEqual(4.2 * 3600);
  });

  it('counts the decisions of each day', async () => {
    await open(25);
    await letTimePass(DAY_MS);
    await open(2);
    const { days } = await store.read(LANE);
    expect(days.slice(0, 3)).toEqual([
      { passed: 2, rejected: 0 },
      { passed: 20, rejected: 5 },
      { passed: 0, rejected: 0 },
    ]);
    expect(days).toHaveLength(14);
  });

  it('has a bounded size, however many SMS there are and for however long', async () => {
    const endless = storeWith({ basePerHour: 1e6, basePerDay: 1e6 });
    for (let step = 0; step < 150; step += 1) {
      await open(1, endless);
      await letTimePass(10 * MINUTE_MS);
    }
    for (let day = 0; day < 20; day += 1) {
      await prove(endless);
      await letTimePass(DAY_MS);
    }
    // 61 minutes, 145 times ten minutes, 14 days of four figures, and the fields without a bucket.
    expect(await redis.client.hlen(LANE_KEY)).toBeLessThan(61 + 145 + 14 * 4 + 10);
    for (let burst = 0; burst < 3; burst += 1) await open(100, endless);
    expect(await redis.client.hlen(LANE_KEY)).toBeLessThan(61 + 145 + 14 * 4 + 10);
  });

  it('a network is proven by three mobiles, and each counts once', async () => {
    for (const mobile of ['one', 'two', 'one', 'two']) await store.recordProof(NETWORK, mobile);
    expect(await store.isProven(NETWORK)).toBe(false);
    await store.recordProof(NETWORK, 'three');
    expect(await store.isProven(NETWORK)).toBe(true);
    expect(await store.isProven('198.51.96.0/20')).toBe(false);
    for (let mobile = 0; mobile < 50; mobile += 1) await store.recordProof(NETWORK, `mobile ${mobile}`);
    expect(await redis.client.zcard(keys.guardNetwork(NETWORK))).toBe(3);
  });

  it('a network whose latest three mobiles include one of more than 14 days ago is not proven', async () => {
    for (const mobile of ['one', 'two', 'three']) await store.recordProof(NETWORK, mobile);
    const network = keys.guardNetwork(NETWORK);
    await redis.client.zadd(network, Date.now() - 14 * DAY_MS - MINUTE_MS, 'one');
    expect(await store.isProven(NETWORK)).toBe(false);
    await redis.client.zadd(network, Date.now() - 14 * DAY_MS + MINUTE_MS, 'one');
    expect(await store.isProven(NETWORK)).toBe(true);
  });
});

function earlier(field: string, value: string, milliseconds: number, days: number): [string, string] {
  const back = (step: string, stepMs = DAY_MS) =>
    String(Number(step) - (stepMs === DAY_MS ? days : milliseconds / stepMs));
  if (field === 'today') return [field, back(value)];
  if (field === 'proofs:hour') {
    const [hour = '', proofs] = value.split(':');
    return [field, `${Math.floor(Number(back(hour, HOUR_MS)))}:${proofs}`];
  }
  const [name = '', step] = field.split(':');
  if (step === undefined) return [field, value];
  if (step === 'from') return [field, back(value, FIELD_STEP_MS[name])];
  return [`${name}:${back(step, FIELD_STEP_MS[name])}`, value];
}
