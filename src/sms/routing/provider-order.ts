// The order in which providers try to send an SMS.

import type { Mobile } from '../../common/phone-number.ts';

export interface ProviderOrder {
  /** The names of all providers. The first one tries first. */
  of(mobile: Mobile): readonly string[];
}

/** The order of `SMS_PROVIDER`. */
export class FixedOrder implements ProviderOrder {
  constructor(private readonly names: readonly string[]) {}

  of(): readonly string[] {
    return this.names;
  }
}

/** Rotates the order to begin after the provider of the previous SMS. */
export function startAfter(order: readonly string[], previous: string | undefined): readonly string[] {
  const next = previous === undefined ? 0 : order.indexOf(previous) + 1;
  return [...order.slice(next), ...order.slice(0, next)];
}
