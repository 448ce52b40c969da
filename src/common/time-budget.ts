// How long one request may wait for its stores, all its calls together.

import { AsyncLocalStorage } from 'node:async_hooks';

/** More than any one call may take; with the rest of a request's work it stays below two seconds. */
const PER_REQUEST_MS = 1500;

export interface TimeBudget {
  leftMs: number;
}

const requests = new AsyncLocalStorage<TimeBudget>();

/** Runs a flow whose calls to stores share one time. */
export function withTimeBudget<Outcome>(flow: () => Promise<Outcome>): Promise<Outcome> {
  return requests.run({ leftMs: PER_REQUEST_MS }, flow);
}

/** That of the flow that is running; what belongs to no request, like a probe, has no such bound. */
export function currentTimeBudget(): TimeBudget {
  return requests.getStore() ?? { leftMs: Number.POSITIVE_INFINITY };
}
