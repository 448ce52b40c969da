// The sliding window in which conversion is measured. It consists of buckets, by the time at which an SMS was accepted.

import { CONVERSION_SETTLED_AFTER_MS } from '../../config/time-budgets.ts';

/** Short enough for a provider that breaks to lose its lead soon: a new bucket counts at most 15 minutes after its start. */
export const BUCKET_MS = 10 * 60_000;

/**
 * Six hours. Long enough for the few SMS that measure the other providers to reach the minimum sample, short enough for a
 * provider that has recovered to show it on the same day.
 */
export const WINDOW_BUCKETS = 36;

/** The number of the bucket since 1970, as in the names of the fields. */
export function bucketOf(acceptedAtMs: number): number {
  return Math.floor(acceptedAtMs / BUCKET_MS);
}

/**
 * The buckets that count: inside the window, and complete for so long that a person has had the time to type the code.
 * The same buckets count for all providers.
 */
export function countedBuckets(nowMs: number): { readonly first: number; readonly last: number } {
  return {
    first: bucketOf(nowMs) - WINDOW_BUCKETS,
    last: bucketOf(nowMs - CONVERSION_SETTLED_AFTER_MS) - 1,
  };
}
