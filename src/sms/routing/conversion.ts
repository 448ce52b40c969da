// Ranks SMS providers by conversion: the ratio of the SMS whose code was verified to the SMS that were accepted. Pure: the
// counts come from conversion.store.ts, the order of the last time from conversion-order.service.ts.

import { type CarrierPrefix, carrierPrefixes } from './carrier-prefix.ts';
import { type BucketCounts, ConversionEvidence } from './conversion-evidence.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** The SMS of one provider to the mobiles with one carrier prefix, accepted in one bucket of the window. */
export interface ConversionCounts extends BucketCounts {
  readonly prefix: CarrierPrefix;
}

/** The SMS of one provider to the mobiles with one carrier prefix in the window, for metrics and commands. */
export interface ConversionFigures {
  readonly provider: string;
  readonly prefix: CarrierPrefix;
  readonly accepted: number;
  readonly verified: number;
  /** Verified ÷ accepted. */
  readonly ratio: number;
  /** The lower bound of the ratio with 95 % confidence. */
  readonly lowerBound: number;
}

/** Names of providers: a permutation of the configured ones. */
type Order = readonly string[];

/** One entry for each provider and prefix that have counts. */
export function conversionFigures(counts: readonly ConversionCounts[]): ConversionFigures[] {
  const groups = Map.groupBy(counts, ({ provider, prefix }) => JSON.stringify([provider, prefix]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const accepted = group.reduce((sum, bucket) => sum + bucket.accepted, 0);
    const verified = group.reduce((sum, bucket) => sum + bucket.verified, 0);
    const { provider, prefix } = first;
    const { lower } = wilsonInterval(verified, accepted);
    return [{ provider, prefix, accepted, verified, ratio: verified / accepted, lowerBound: lower }];
  });
}

/**
 * The order of every carrier prefix. A prefix is ranked by its own counts if every provider with the minimum sample has it
 * at this prefix, too. Otherwise it is ranked by the counts over all prefixes. So two providers are always compared by
 * counts of the same kind, and a provider that failed does not seem unknown again when it gets few SMS.
 * @param previous the orders of the last time, by prefix. The configured order counts where there is none.
 */
export function rankPrefixes(
  configured: Order,
  counts: readonly ConversionCounts[],
  previous: ReadonlyMap<string, Order>,
): Map<string, Order> {
  const overall = new ConversionEvidence(counts);
  const byPrefix = Map.groupBy(counts, ({ prefix }) => prefix);
  return new Map(
    carrierPrefixes.map((prefix) => {
      const own = new ConversionEvidence(byPrefix.get(prefix) ?? []);
      const isEnough = configured.every((name) => own.isMeasured(name) || !overall.isMeasured(name));
      const evidence = isEnough ? own : overall;
      return [prefix, rankProviders(configured, evidence, previous.get(prefix) ?? configured)];
    }),
  );
}

/**
 * Ranks the providers that have the minimum sample. The others keep their configured places: without evidence, the choice
 * of the operator counts.
 */
export function rankProviders(configured: Order, evidence: ConversionEvidence, previous: Order): Order {
  const measured = previous.filter((name) => evidence.isMeasured(name));
  const ranked = rankMeasured(measured, evidence).values();
  return configured.map((name) => (evidence.isMeasured(name) ? (ranked.next().value ?? name) : name));
}

/**
 * Each place stays with the provider that had it, unless one behind it is clearly better. This is the hysteresis: two
 * providers of about the same conversion do not change places with every new figure.
 */
function rankMeasured(previous: Order, evidence: ConversionEvidence): Order {
  const [first, ...others] = previous;
  if (first === undefined) return [];
  const best = others.reduce(
    (leader, challenger) => (evidence.isClearlyBetter(challenger, leader) ? challenger : leader),
    first,
  );
  const rest = previous.filter((name) => name !== best);
  return [best, ...rankMeasured(rest, evidence)];
}
