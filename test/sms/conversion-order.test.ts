// The order by conversion over days of simulated traffic: who leads, how soon a failed provider loses its lead, and that the
// order is always complete. The clock and the random numbers are the tests' own.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { CONVERSION_REFRESH_INTERVAL_MS } from '../../src/config/time-budgets.ts';
import type { ConversionCounts } from '../../src/sms/routing/conversion.ts';
import { ConversionOrderService, EXPLORED_SHARE } from '../../src/sms/routing/conversion-order.service.ts';
import { WINDOW_BUCKETS } from '../../src/sms/routing/conversion-window.ts';
import { ConversionTraffic } from '../support/conversion-traffic.ts';
import { seededRandom } from '../support/seeded-random.ts';

const MOBILE = parseMobile('13800138000') as Mobile;
const OTHER_CARRIER = parseMobile('13012345678') as Mobile;
const PROVIDERS = ['alpha', 'beta', 'gamma'];
const SEEDS = [1, 2, 3];
const DAY_BUCKETS = 144;
const SMS_PER_BUCKET = 100;

const traffic = (seed: number, providers = ['alpha', 'beta']) =>
  new ConversionTraffic({ providers, smsPerBucket: SMS_PER_BUCKET, seed });

/** Runs until the leader changes. */
async function smsUntilChange(
  of: ConversionTraffic,
  conversion: (provider: string) => number,
  limit: number,
) {
  const { leader } = of;
  let buckets = 0;
  while (of.leader === leader && buckets < limit) {
    await of.run(1, conversion);
    buckets += 1;
  }
  return { buckets, sms: buckets * SMS_PER_BUCKET, leader: of.leader };
}

describe('providers of the same conversion', () => {
  it.each([
    ['two', ['alpha', 'beta']],
    ['three', PROVIDERS],
  ])('%s of them change the lead less than once a day', async (_count, providers) => {
    let changes = 0;
    for (const seed of SEEDS) {
      const equal = await traffic(seed, providers).run(2 * DAY_BUCKETS, () => 0.9);
      changes += equal.leaderChanges;
    }
    expect(changes / (SEEDS.length * 2)).toBeLessThan(1);
  });
});

describe('a provider that fails', () => {
  it('loses the lead within 800 SMS, and leads again when it is the better one', async () => {
    for (const seed of SEEDS) {
      const changing = await traffic(seed).run(WINDOW_BUCKETS, () => 0.9);
      const failed = changing.leader;
      const change = await smsUntilChange(changing, (provider) => (provider === failed ? 0.1 : 0.9), 50);
      expect(change.sms).toBeLessThanOrEqual(800);
      expect(change.leader).not.toBe(failed);

      // It stays behind while it fails, and costs only the explored share.
      await changing.run(WINDOW_BUCKETS, (provider) => (provider === failed ? 0.1 : 0.9));
      expect(changing.leader).not.toBe(failed);

      // The failure has to leave the window first.
      const recovery = await smsUntilChange(
        changing,
        (provider) => (provider === failed ? 0.95 : 0.75),
        2 * WINDOW_BUCKETS,
      );
      expect(recovery.leader).toBe(failed);
    }
  });
});

describe('bots that lower the conversion of all providers alike', () => {
  const real = (provider: string) => (provider === 'alpha' ? 0.8 : 0.93);
  const attacked = (provider: string) => real(provider) / 2;

  it('do not change a leader of long standing', async () => {
    for (const seed of SEEDS) {
      const steady = await traffic(seed).run(2 * WINDOW_BUCKETS, real);
      expect(steady.leader).toBe('beta');
      const before = steady.leaderChanges;
      await steady.run(2 * WINDOW_BUCKETS, attacked);
      await steady.run(WINDOW_BUCKETS, real);
      expect(steady.leaderChanges).toBe(before);
    }
  });

  it('do not give the lead back to the provider that had most SMS before the attack', async () => {
    for (const seed of SEEDS) {
      const changed = traffic(seed);
      await smsUntilChange(changed, real, 2 * WINDOW_BUCKETS);
      expect(changed.leader).toBe('beta');
      const before = changed.leaderChanges;
      await changed.run(2 * WINDOW_BUCKETS, attacked);
      expect(changed.leaderChanges).toBe(before);
    }
  });
});

/** One bucket for each provider. */
const counts = (rows: Record<string, readonly [verified: number, accepted: number]>): ConversionCounts[] =>
  Object.entries(rows).map(([provider, [verified, accepted]]) => ({
    provider,
    prefix: '138',
    bucket: 1,
    accepted,
    verified,
  }));

function serviceWith(read: () => Promise<ConversionCounts[]>, random = () => 0.999) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  return {
    service: new ConversionOrderService({ providers: PROVIDERS, store: { read }, onError, random }),
    errors,
  };
}

describe('a send', () => {
  it('has all providers, each once, and begins with another one in 3 of 100 cases', async () => {
    const random = seededRandom(7);
    const { service } = serviceWith(async () => counts({ alpha: [10, 100], beta: [90, 100] }), random);
    await service.refresh();
    const orders = new Map<string, number>();
    for (let sends = 0; sends < 20_000; sends += 1) {
      const order = service.of(MOBILE).join(' ');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    const { 'beta alpha gamma': ordinary = 0, ...explored } = Object.fromEntries(orders);
    expect(ordinary / 20_000).toBeCloseTo(1 - EXPLORED_SHARE, 2);
    expect(Object.keys(explored).toSorted()).toEqual(['alpha beta gamma', 'gamma beta alpha']);
    for (const sends of Object.values(explored)) {
      expect(sends / 20_000).toBeGreaterThan(EXPLORED_SHARE / 2 - 0.005);
      expect(sends / 20_000).toBeLessThan(EXPLORED_SHARE / 2 + 0.005);
    }
  });

  it('has the only provider, also when it would begin with another one', () => {
    const single = new ConversionOrderService({
      providers: ['alpha'],
      store: { read: async () => [] },
      onError: () => {},
      random: () => 0,
    });
    expect(single.of(MOBILE)).toEqual(['alpha']);
  });

  it('has the configured order before the first refresh, and the order of its prefix after it', async () => {
    const own = counts({ alpha: [10, 100], beta: [90, 100] });
    const others = counts({ alpha: [990, 1000], beta: [90, 100] }).map((row) => ({
      ...row,
      prefix: '130' as const,
    }));
    const { service } = serviceWith(async () => [...own, ...others]);
    expect(service.of(MOBILE)).toEqual(PROVIDERS);
    await service.refresh();
    expect(service.of(MOBILE)).toEqual(['beta', 'alpha', 'gamma']);
    expect(service.of(OTHER_CARRIER)).toEqual(PROVIDERS);
  });
});

describe('a refresh', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('that fails keeps the last order and the last figures, and is reported', async () => {
    const outage = new Error('redis is unavailable');
    let fails = false;
    const { service, errors } = serviceWith(async () => {
      if (fails) throw outage;
      return counts({ alpha: [10, 100], beta: [90, 100] });
    });
    await service.refresh();
    const figures = service.figures();
    fails = true;
    await service.refresh();
    expect(errors).toEqual([outage]);
    expect(service.of(MOBILE)).toEqual(['beta', 'alpha', 'gamma']);
    expect(service.figures()).toEqual(figures);
    expect(figures).toMatchObject([
      { provider: 'alpha', prefix: '138', accepted: 100, verified: 10, ratio: 0.1 },
      { provider: 'beta', prefix: '138', accepted: 100, verified: 90, ratio: 0.9 },
    ]);
  });

  it('runs at the start and at intervals until the stop, and never twice at once', async () => {
    jest.useFakeTimers();
    let reads = 0;
    let answer = (_counts: ConversionCounts[]) => {};
    const { service } = serviceWith(() => {
      reads += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    service.start();
    service.start();
    expect(reads).toBe(1);
    // A send does not wait for Redis.
    expect(service.of(MOBILE)).toEqual(PROVIDERS);
    await jest.advanceTimersByTimeAsync(3 * CONVERSION_REFRESH_INTERVAL_MS);
    expect(reads).toBe(1);
    answer([]);
    await jest.advanceTimersByTimeAsync(CONVERSION_REFRESH_INTERVAL_MS);
    expect(reads).toBe(2);
    answer([]);
    service.stop();
    await jest.advanceTimersByTimeAsync(5 * CONVERSION_REFRESH_INTERVAL_MS);
    expect(reads).toBe(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});
