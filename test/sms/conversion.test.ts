// The ranking of SMS providers by conversion: the interval, the minimum sample, and which counts are compared.

import { describe, expect, it } from '@jest/globals';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { type CarrierPrefix, carrierPrefix, carrierPrefixes } from '../../src/sms/routing/carrier-prefix.ts';
import {
  type ConversionCounts,
  conversionFigures,
  rankPrefixes,
  rankProviders,
} from '../../src/sms/routing/conversion.ts';
import {
  type BucketCounts,
  ConversionEvidence,
  MIN_SAMPLE,
} from '../../src/sms/routing/conversion-evidence.ts';
import { FixedOrder, startAfter } from '../../src/sms/routing/provider-order.ts';
import { wilsonInterval } from '../../src/sms/routing/wilson-interval.ts';
import { seededRandom, shuffled } from '../support/seeded-random.ts';

const MOBILE = parseMobile('13800138000') as Mobile;

describe('the Wilson interval', () => {
  // Computed with the formula of Wilson (1927) in another language, with z = 1.959964.
  it.each([
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [45, 50, 0.7864, 0.9565],
    [50, 100, 0.4038, 0.5962],
    [900, 1000, 0.8798, 0.9171],
    [1, 1, 0.2065, 1],
  ])('of %i of %i is %d to %d', (successes, trials, lower, upper) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('says nothing without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  it('covers the true ratio in about 95 of 100 samples, also for ratios near 1', () => {
    for (const [seed, ratio] of [0.5, 0.9, 0.97].entries()) {
      const random = seededRandom(seed);
      const covered = Array.from({ length: 1500 }, () => {
        const successes = Array.from({ length: 60 }, random).filter((value) => value < ratio).length;
        const { lower, upper } = wilsonInterval(successes, 60);
        return lower <= ratio && ratio <= upper;
      }).filter(Boolean).length;
      expect(covered / 1500).toBeGreaterThan(0.925);
      expect(covered / 1500).toBeLessThan(0.99);
    }
  });
});

/** Counts of one bucket as `'90/100'`, by provider. */
function evidence(figures: Record<string, string>, bucket = 1): ConversionEvidence {
  return new ConversionEvidence(bucketCounts(figures, bucket));
}

function bucketCounts(figures: Record<string, string>, bucket: number): BucketCounts[] {
  return Object.entries(figures).map(([provider, figure]) => {
    const [verified = 0, accepted = 0] = figure.split('/').map(Number);
    return { provider, bucket, verified, accepted };
  });
}

const CONFIGURED = ['alpha', 'beta', 'gamma'];

describe('the order of providers', () => {
  it.each([
    ['without figures', {}, 'alpha beta gamma'],
    [
      'with one that is clearly better',
      { alpha: '45/60', beta: '50/60', gamma: '900/1000' },
      'gamma alpha beta',
    ],
    ['with a clear leader', { alpha: '100/1000', beta: '50/60', gamma: '600/1000' }, 'beta gamma alpha'],
    [
      'with a leader whose interval overlaps that of the best one',
      { alpha: '45/60', beta: '55/60', gamma: '53/60' },
      'alpha beta gamma',
    ],
    [
      'with a leader below the minimum sample',
      { alpha: '0/49', beta: '50/60', gamma: '900/1000' },
      'alpha beta gamma',
    ],
    [
      'with the leader at the minimum sample',
      { alpha: '0/50', beta: '50/60', gamma: '900/1000' },
      'beta gamma alpha',
    ],
    ['with one measured provider', { gamma: '900/1000' }, 'alpha beta gamma'],
    [
      'with a challenger below the minimum sample',
      { alpha: '100/1000', beta: '49/49', gamma: '900/1000' },
      'gamma beta alpha',
    ],
  ])('%s', (_when, figures, expected) => {
    expect(rankProviders(CONFIGURED, evidence(figures as Record<string, string>), CONFIGURED).join(' ')).toBe(
      expected,
    );
  });

  it('keeps a leader until another one is clearly better, whatever the configured order is', () => {
    const previous = ['beta', 'alpha', 'gamma'];
    const similar = evidence({ alpha: '910/1000', beta: '900/1000', gamma: '905/1000' });
    expect(rankProviders(CONFIGURED, similar, previous)).toEqual(previous);
    const better = evidence({ alpha: '950/1000', beta: '900/1000', gamma: '905/1000' });
    expect(rankProviders(CONFIGURED, better, previous)).toEqual(['alpha', 'beta', 'gamma']);
  });

  it('returns a provider to its configured place when its sample gets too small', () => {
    const previous = ['beta', 'gamma', 'alpha'];
    const figures = evidence({ alpha: '2/30', beta: '900/1000', gamma: '850/1000' });
    expect(rankProviders(CONFIGURED, figures, previous)).toEqual(['alpha', 'beta', 'gamma']);
  });

  it('is a permutation of the configured one and does not change again with the same figures', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const configured = ['a', 'b', 'c', 'd', 'e'].slice(0, 1 + Math.floor(random() * 5));
      const counts = configured.map((provider) => {
        const accepted = 1 + Math.floor(random() * 400);
        return { provider, bucket: 1, accepted, verified: Math.floor(random() * (accepted + 1)) };
      });
      const figures = new ConversionEvidence(counts);
      const order = rankProviders(configured, figures, shuffled(configured, random));
      expect(order.toSorted()).toEqual(configured);
      expect(rankProviders(configured, figures, order)).toEqual(order);

      const intervals = order
        .map((name) => counts.find(({ provider }) => provider === name) ?? { accepted: 0, verified: 0 })
        .filter(({ accepted }) => accepted >= MIN_SAMPLE)
        .map(({ verified, accepted }) => wilsonInterval(verified, accepted));
      for (const [place, { upper }] of intervals.entries())
        for (const { lower } of intervals.slice(place)) expect(lower).toBeLessThanOrEqual(upper);
    }
  });

  it('is a permutation for figures of many buckets, too', () => {
    const random = seededRandom(2);
    for (let round = 0; round < 300; round += 1) {
      const counts = CONFIGURED.flatMap((provider) =>
        Array.from({ length: 20 }, (_, bucket) => {
          const accepted = 1 + Math.floor(random() * 30);
          return { provider, bucket, accepted, verified: Math.floor(random() * (accepted + 1)) };
        }),
      ).filter(() => random() < 0.5);
      const order = rankProviders(CONFIGURED, new ConversionEvidence(counts), shuffled(CONFIGURED, random));
      expect(order.toSorted()).toEqual(CONFIGURED);
    }
  });
});

describe('two providers', () => {
  it('are compared within each bucket: bots that come later do not favour the one that had its SMS before', () => {
    const compared = new ConversionEvidence([
      // Before the attack alpha led, in the attack beta does. Beta is better at both times.
      ...bucketCounts({ alpha: '800/1000', beta: '58/60' }, 1),
      ...bucketCounts({ alpha: '15/60', beta: '480/1000' }, 2),
    ]);
    // The sums say the opposite: 815 of 1060 for alpha, 538 of 1060 for beta.
    expect(compared.isClearlyBetter('alpha', 'beta')).toBe(false);
    expect(compared.isClearlyBetter('beta', 'alpha')).toBe(true);
  });

  it('are not compared by buckets that one of them has alone', () => {
    const apart = [...bucketCounts({ alpha: '100/1000' }, 1), ...bucketCounts({ beta: '900/1000' }, 2)];
    expect(new ConversionEvidence(apart).isClearlyBetter('beta', 'alpha')).toBe(false);
    const together = new ConversionEvidence([...apart, ...bucketCounts({ alpha: '100/1000' }, 2)]);
    expect(together.isClearlyBetter('beta', 'alpha')).toBe(true);
  });

  it('have the same intervals as without weights if all SMS are of one bucket', () => {
    // The interval of 500/1000 ends at 0.5309, and that of 89/150 begins at 0.5133, that of 93/150 at 0.5403.
    expect(evidence({ alpha: '500/1000', beta: '89/150' }).isClearlyBetter('beta', 'alpha')).toBe(false);
    expect(evidence({ alpha: '500/1000', beta: '93/150' }).isClearlyBetter('beta', 'alpha')).toBe(true);
  });
});

describe('the order of a carrier prefix', () => {
  const at = (
    prefix: CarrierPrefix,
    provider: string,
    verified: number,
    accepted: number,
  ): ConversionCounts => ({ provider, prefix, bucket: 1, accepted, verified });
  const rank = (rows: readonly ConversionCounts[], previous = new Map<string, readonly string[]>()) => {
    const orders = rankPrefixes(['alpha', 'beta'], rows, previous);
    return (prefix: CarrierPrefix) => orders.get(prefix)?.join(' ');
  };

  it('exists for each of the 70 prefixes', () => {
    expect([...rankPrefixes(CONFIGURED, [], new Map()).keys()]).toEqual(carrierPrefixes);
    expect(carrierPrefixes).toHaveLength(70);
  });

  it('follows the figures of the prefix: a provider can fail at one carrier alone', () => {
    const order = rank([
      at('130', 'alpha', 10, 100),
      at('130', 'beta', 90, 100),
      at('138', 'alpha', 950, 1000),
      at('138', 'beta', 90, 100),
    ]);
    expect(order('130')).toBe('beta alpha');
    expect(order('138')).toBe('alpha beta');
  });

  it('follows the figures over all prefixes while one of two measured providers has too few of its own', () => {
    const rows = [at('138', 'alpha', 30, 300), at('138', 'beta', 27, 30), at('139', 'beta', 27, 30)];
    // Alone, neither prefix has enough figures of beta.
    expect(rank(rows)('138')).toBe('beta alpha');
    expect(rank(rows)('170')).toBe('beta alpha');
    expect(rank(rows.slice(0, 2))('138')).toBe('alpha beta');
  });

  it('does not take a failed provider for an unknown one when two others have figures of the prefix', () => {
    const rows = [
      at('138', 'alpha', 1, 20),
      at('139', 'alpha', 3, 60),
      at('138', 'beta', 900, 1000),
      at('138', 'gamma', 55, 60),
    ];
    expect(rankPrefixes(CONFIGURED, rows, new Map()).get('138')?.at(-1)).toBe('alpha');
  });

  it('keeps its previous leader by itself', () => {
    const similar = [at('138', 'alpha', 90, 100), at('138', 'beta', 90, 100)];
    const order = rank(similar, new Map([['138', ['beta', 'alpha']]]));
    expect(order('138')).toBe('beta alpha');
    expect(order('139')).toBe('alpha beta');
  });
});

describe('the figures of a provider', () => {
  it('are the sums of its buckets, with the ratio and its lower bound', () => {
    const of = { provider: 'alpha', prefix: '138' } as const;
    const figures = conversionFigures([
      { ...of, bucket: 1, accepted: 20, verified: 17 },
      { ...of, bucket: 2, accepted: 30, verified: 28 },
      { ...of, prefix: '139', bucket: 2, accepted: 4, verified: 1 },
    ]);
    expect(figures).toEqual([
      { ...of, accepted: 50, verified: 45, ratio: 0.9, lowerBound: expect.closeTo(0.7864, 4) },
      { ...of, prefix: '139', accepted: 4, verified: 1, ratio: 0.25, lowerBound: expect.closeTo(0.0456, 4) },
    ]);
  });
});

describe('a carrier prefix', () => {
  it('is the first three digits of the national number, and on the list', () => {
    expect(carrierPrefix(MOBILE)).toBe('138');
    for (const mobile of ['13012345678', '19912345678', '17012345678']) {
      const prefix = carrierPrefix(parseMobile(mobile) as Mobile);
      expect(prefix).toBe(mobile.slice(0, 3));
      expect(carrierPrefixes).toContain(prefix);
    }
  });
});

describe('the order of a resend', () => {
  it('begins after the provider of the previous SMS', () => {
    expect(startAfter(CONFIGURED, 'alpha')).toEqual(['beta', 'gamma', 'alpha']);
    expect(startAfter(CONFIGURED, 'beta')).toEqual(['gamma', 'alpha', 'beta']);
    expect(startAfter(CONFIGURED, 'gamma')).toEqual(CONFIGURED);
    expect(startAfter(['alpha'], 'alpha')).toEqual(['alpha']);
  });

  it('is the ordinary one without a previous SMS, and after one of a provider that is no longer configured', () => {
    expect(startAfter(CONFIGURED, undefined)).toEqual(CONFIGURED);
    expect(startAfter(CONFIGURED, 'delta')).toEqual(CONFIGURED);
  });
});

describe('FixedOrder', () => {
  it('is the configured order for every mobile', () => {
    expect(new FixedOrder(CONFIGURED).of(MOBILE)).toEqual(CONFIGURED);
  });
});
