// `npm run sms:providers`: what the running instances have recorded about each provider.

import type { Config } from '../config/load-config.ts';
import { redisScripts } from '../redis-scripts.ts';
import { type ProviderState, ProviderStateStore } from '../sms/delivery/provider-state.store.ts';
import { ConversionStore } from '../sms/routing/conversion.store.ts';
import { type ConversionFigures, conversionFigures } from '../sms/routing/conversion.ts';
import { withRedis } from './with-redis.ts';

/** @throws DependencyUnavailableError if Redis does not answer. */
export async function smsProviders(config: Config): Promise<void> {
  const names = config.sms.providers.map(({ name }) => name);
  await withRedis(config, redisScripts, async ({ redis, keys }) => {
    const states = new ProviderStateStore(redis, keys);
    const figures = conversionFigures(await new ConversionStore(redis, keys).read(names));
    console.log(`Order: ${names.join(', ')} (SMS_ROUTING=${config.sms.routing})`);
    for (const name of names) {
      const rows = figures.filter(({ provider }) => provider === name);
      console.log(`\n${name}`);
      console.log(`  ${stateLine(await states.read(name))}`);
      console.log(`  conversion: ${total(rows)}`);
      for (const row of rows) console.log(`    ${row.prefix}  ${figuresLine(row)}`);
    }
  });
}

function stateLine(state: ProviderState | undefined): string {
  if (state === undefined) return 'last error: none within the last week';
  return `last error: ${state.lastError}, at ${new Date(state.atMs).toISOString()}; the circuit was ${state.circuit} then`;
}

function total(rows: readonly ConversionFigures[]): string {
  const [accepted, verified] = [sum(rows, 'accepted'), sum(rows, 'verified')];
  return accepted === 0
    ? 'no SMS within the last six hours'
    : `${verified} of ${accepted} SMS verified, ${percent(verified / accepted)}`;
}

function figuresLine({ accepted, verified, ratio, lowerBound }: ConversionFigures): string {
  return `${verified} of ${accepted}, ${percent(ratio)}, with 95 % confidence at least ${percent(lowerBound)}`;
}

function sum(rows: readonly ConversionFigures[], field: 'accepted' | 'verified'): number {
  return rows.reduce((before, row) => before + row[field], 0);
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
