// The port that decides which SMS provider is tried first, and the order that the operator has configured.

import type { Mobile } from '../../common/phone-number.ts';

export interface ProviderOrder {
  /** The names of all configured providers, each once. The first is tried first. Needs no I/O. */
  of(mobile: Mobile): readonly string[];
}

/** The same order for every mobile. */
export class FixedOrder implements ProviderOrder {
  constructor(private readonly names: readonly string[]) {}

  of(_mobile: Mobile): readonly string[] {
    return this.names;
  }
}

/**
 * The order of a resend: it begins after the provider of the previous SMS. A person who asks for another SMS has probably
 * not received the first one.
 * @param previous `undefined` if there was no SMS before. A provider that is no longer configured changes nothing.
 */
export function startAfter(order: readonly string[], previous: string | undefined): readonly string[] {
  const next = previous === undefined ? 0 : order.indexOf(previous) + 1;
  return [...order.slice(next), ...order.slice(0, next)];
}
