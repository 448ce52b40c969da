// What the counts of a window say about two SMS providers: whether both have enough SMS, and whether one is clearly better.

import { type Interval, wilsonInterval } from './wilson-interval.ts';

/**
 * Fewer SMS say nothing about a provider. With 50, the interval of a ratio of 90 % is 79 to 96 %: a provider that delivers
 * nothing is recognized, and a few persons who give up do not look like a failure.
 */
export const MIN_SAMPLE = 50;

/** SMS of one provider that were accepted in one bucket. */
export interface BucketCounts {
  readonly provider: string;
  readonly bucket: number;
  /** Greater than 0. */
  readonly accepted: number;
  /** At most `accepted`. */
  readonly verified: number;
}

interface Counts {
  readonly accepted: number;
  readonly verified: number;
}
type Buckets = Map<number, Counts>;

const NO_SMS: Counts = { accepted: 0, verified: 0 };

export class ConversionEvidence {
  private readonly providers = new Map<string, Buckets>();
  private readonly comparisons = new Map<string, boolean>();

  /** @param counts may have a provider and a bucket several times, for several prefixes. */
  constructor(counts: Iterable<BucketCounts>) {
    for (const { provider, bucket, ...added } of counts) {
      const buckets = this.providers.get(provider) ?? new Map<number, Counts>();
      buckets.set(bucket, sum([buckets.get(bucket) ?? NO_SMS, added]));
      this.providers.set(provider, buckets);
    }
  }

  isMeasured(provider: string): boolean {
    return sum(this.bucketsOf(provider).values()).accepted >= MIN_SAMPLE;
  }

  /** Whether the interval of the challenger is above that of the leader, both with 95 % confidence. */
  isClearlyBetter(challenger: string, leader: string): boolean {
    const key = JSON.stringify([challenger, leader]);
    const known = this.comparisons.get(key);
    if (known !== undefined) return known;
    const [own, other] = comparableIntervals(this.bucketsOf(challenger), this.bucketsOf(leader));
    const isBetter = own.lower > other.upper;
    this.comparisons.set(key, isBetter);
    return isBetter;
  }

  private bucketsOf(provider: string): Buckets {
    return this.providers.get(provider) ?? new Map();
  }
}

/**
 * The intervals of two providers, compared within each bucket. Bots lower the conversion of all providers while they are
 * active. A provider that had most of its SMS before would look better if the sums of the window were compared.
 *
 * A bucket weighs `n × m ÷ (n + m)` for its `n` and `m` SMS, the weights of Mantel and Haenszel. A bucket with SMS of one
 * provider alone weighs nothing. The size of the weighted sample is that of Kish: `(Σ w)² ÷ Σ (w² ÷ n)`.
 */
function comparableIntervals(first: Buckets, second: Buckets): readonly [Interval, Interval] {
  const shared = [...first].flatMap(([bucket, own]) => {
    const other = second.get(bucket);
    if (other === undefined) return [];
    const weight = (own.accepted * other.accepted) / (own.accepted + other.accepted);
    return [{ weight, own, other }];
  });
  return [
    weightedInterval(shared.map(({ weight, own }) => ({ weight, ...own }))),
    weightedInterval(shared.map(({ weight, other }) => ({ weight, ...other }))),
  ];
}

function weightedInterval(buckets: readonly (Counts & { readonly weight: number })[]): Interval {
  let weights = 0;
  let verified = 0;
  let variance = 0;
  for (const bucket of buckets) {
    weights += bucket.weight;
    verified += (bucket.weight * bucket.verified) / bucket.accepted;
    variance += bucket.weight ** 2 / bucket.accepted;
  }
  if (weights === 0) return wilsonInterval(0, 0);
  const sampleSize = weights ** 2 / variance;
  return wilsonInterval((verified / weights) * sampleSize, sampleSize);
}

function sum(counts: Iterable<Counts>): Counts {
  let total = NO_SMS;
  for (const { accepted, verified } of counts)
    total = { accepted: total.accepted + accepted, verified: total.verified + verified };
  return total;
}
