// Simulated SMS for the tests of the order by conversion: hours of traffic in milliseconds, with a clock of its own.

import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { carrierPrefix } from '../../src/sms/routing/carrier-prefix.ts';
import type { ConversionCounts } from '../../src/sms/routing/conversion.ts';
import { ConversionOrderService } from '../../src/sms/routing/conversion-order.service.ts';
import { BUCKET_MS, bucketOf, countedBuckets } from '../../src/sms/routing/conversion-window.ts';
import { seededRandom } from './seeded-random.ts';

const REFRESH_AFTER_BUCKET_MS = 5 * 60_000;

type Bucket = { -readonly [Field in keyof ConversionCounts]: ConversionCounts[Field] };

export interface TrafficOptions {
  readonly providers: readonly string[];
  readonly mobile?: string;
  readonly smsPerBucket: number;
  readonly seed: number;
}

/** The true conversion of a provider. */
export type Conversion = (provider: string) => number;

/** One instance and one carrier prefix. Figures change when a bucket is complete, so it is enough to refresh then. */
export class ConversionTraffic {
  readonly service: ConversionOrderService;
  /** How often the first provider changed. */
  leaderChanges = 0;
  /** SMS by the provider that was tried first. */
  readonly sent = new Map<string, number>();
  private explores = true;
  private nowMs = Date.parse('2026-11-25T00:00:00Z');
  private readonly buckets = new Map<string, Bucket>();
  private readonly mobile: Mobile;
  private readonly random: () => number;

  constructor(private readonly options: TrafficOptions) {
    this.random = seededRandom(options.seed);
    this.mobile = parseMobile(options.mobile ?? '13800138000') as Mobile;
    this.service = new ConversionOrderService({
      providers: options.providers,
      store: { read: async () => this.counts() },
      onError: (error) => {
        throw error;
      },
      random: () => (this.explores ? this.random() : 0.999),
    });
  }

  /** The provider that most SMS start with. */
  get leader(): string {
    this.explores = false;
    const [leader = ''] = this.service.of(this.mobile);
    this.explores = true;
    return leader;
  }

  /** Sends for so many buckets, of ten minutes each. */
  async run(buckets: number, conversion: Conversion): Promise<this> {
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const before = this.leader;
      for (let sms = 0; sms < this.options.smsPerBucket; sms += 1) this.send(conversion);
      this.nowMs += BUCKET_MS;
      await this.service.refresh();
      if (this.leader !== before) this.leaderChanges += 1;
    }
    return this;
  }

  private send(conversion: Conversion): void {
    const provider = this.service.of(this.mobile)[0] ?? '';
    this.sent.set(provider, (this.sent.get(provider) ?? 0) + 1);
    const bucket = this.bucketOfNow(provider);
    bucket.accepted += 1;
    if (this.random() < conversion(provider)) bucket.verified += 1;
  }

  private bucketOfNow(provider: string): Bucket {
    const bucket = bucketOf(this.nowMs);
    const key = `${provider} ${bucket}`;
    const known = this.buckets.get(key);
    if (known) return known;
    const added = { provider, prefix: carrierPrefix(this.mobile), bucket, accepted: 0, verified: 0 };
    this.buckets.set(key, added);
    return added;
  }

  private counts(): ConversionCounts[] {
    const { first, last } = countedBuckets(this.nowMs + REFRESH_AFTER_BUCKET_MS);
    for (const [key, { bucket }] of this.buckets) if (bucket < first) this.buckets.delete(key);
    return [...this.buckets.values()].filter(({ bucket }) => bucket <= last);
  }
}
