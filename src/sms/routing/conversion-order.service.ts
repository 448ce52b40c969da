// The order of providers by conversion. It reads the counts from Redis in the background, so a send never waits for them,
// and a Redis that does not answer leaves the last order in force. It changes only the order: how many providers are tried
// for one SMS is decided elsewhere.

import type { Mobile } from '../../common/phone-number.ts';
import { CONVERSION_REFRESH_INTERVAL_MS } from '../../config/time-budgets.ts';
import { carrierPrefix } from './carrier-prefix.ts';
import type { ConversionStore } from './conversion.store.ts';
import {
  type ConversionCounts,
  type ConversionFigures,
  conversionFigures,
  rankPrefixes,
} from './conversion.ts';
import type { ProviderOrder } from './provider-order.ts';

/**
 * The share of SMS that start with another provider than the first, so that all of them stay measured. Three in a hundred:
 * a prefix with 1700 SMS in the window measures one other provider by the minimum sample, and a provider that is broken
 * costs at most three SMS in a hundred.
 */
export const EXPLORED_SHARE = 0.03;

export interface ConversionOrderOptions {
  /** The names of the providers in the configured order. */
  readonly providers: readonly string[];
  readonly store: Pick<ConversionStore, 'read'>;
  /** Is called when a refresh fails. The last order stays in force. */
  readonly onError: (error: unknown) => void;
  /** Uniform from 0 up to, without, 1. */
  readonly random?: () => number;
}

export class ConversionOrderService implements ProviderOrder {
  private orders: ReadonlyMap<string, readonly string[]> = new Map();
  private counts: readonly ConversionCounts[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isRefreshing = false;
  private readonly random: () => number;

  constructor(private readonly options: ConversionOrderOptions) {
    this.random = options.random ?? Math.random;
  }

  /** Refreshes the order now and at intervals. Neither waits for Redis nor keeps the process alive. */
  start(): void {
    if (this.timer) return;
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), CONVERSION_REFRESH_INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  of(mobile: Mobile): readonly string[] {
    const order = this.orders.get(carrierPrefix(mobile)) ?? this.options.providers;
    return this.random() < EXPLORED_SHARE ? startWithAnother(order, this.random()) : order;
  }

  /** The figures of the last refresh, for every provider and carrier prefix with SMS in the window. */
  figures(): ConversionFigures[] {
    return conversionFigures(this.counts);
  }

  /** Never throws. While a refresh waits for Redis, another one does nothing. */
  async refresh(): Promise<void> {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    const { providers, store, onError } = this.options;
    try {
      this.counts = await store.read(providers);
      this.orders = rankPrefixes(providers, this.counts, this.orders);
    } catch (error) {
      onError(error);
    } finally {
      this.isRefreshing = false;
    }
  }
}

/** @param chosen selects one of the providers after the first: uniform from 0 up to, without, 1. */
function startWithAnother(order: readonly string[], chosen: number): readonly string[] {
  const another = order[1 + Math.floor(chosen * (order.length - 1))];
  return another === undefined ? order : [another, ...order.filter((name) => name !== another)];
}
