// How long one request may wait for its stores, all its calls together.

import { AsyncLocalStorage } from 'node:async_hooks';

/** More than any one call may take; with the rest of a request's work it stays below two seconds. */
const PER_REQUEST_MS = 1500;

export interface StoreTime {
  leftMs: number;
}

const requests = new AsyncLocalStorage<StoreTime>();

/** Runs a flow whose calls to stores share one time. */
export function withStoreTime<Outcome>(flow: () => Promise<Outcome>): Promise<Outcome> {
  return requests.run({ leftMs: PER_REQUEST_MS }, flow);
}

/** That of the flow that is running; what belongs to no request, like a probe, has no such bound. */
export function storeTime(): StoreTime {
  return requests.getStore() ?? { leftMs: Number.POSITIVE_INFINITY };
}
