// `yanzheng sms:providers`: what the running instances have recorded about each provider.

import { loadConfig } from '../config/load-config.ts';
import { redisScripts } from '../redis-scripts.ts';
import { type ProviderState, ProviderStateStore } from '../sms/delivery/provider-state.store.ts';
import { ConversionStore } from '../sms/routing/conversion.store.ts';
import { type ConversionFigures, conversionFigures } from '../sms/routing/conversion.ts';
import type { Command } from './command.ts';
import { withRedis } from './with-redis.ts';

export const smsProviders: Command = {
  name: 'sms:providers',
  args: '',
  summary: 'Shows the last error and the conversion of each SMS provider',
  help: [
    'The running instances record both in Redis. The circuit is that of the instance with the last error, at its time.',
    'Required settings: SMS_PROVIDER, REDIS_URL, CODE_SECRET.',
  ],
  /** @throws DependencyUnavailableError if Redis does not answer. */
  async run({ environment }) {
    const config = loadConfig(environment, 'redis');
    const names = config.sms.providers.map(({ name }) => name);
    const { routing } = config.sms;
    return withRedis(config, redisScripts, async ({ redis, keys }) => {
      const states = new ProviderStateStore(redis, keys);
      const figures = conversionFigures(await new ConversionStore(redis, keys).read(names));
      const providers = await Promise.all(
        names.map(async (name) => ({
          name,
          state: await states.read(name),
          conversion: figures.filter(({ provider }) => provider === name),
        })),
      );
      return {
        lines: [`Order: ${names.join(', ')} (SMS_ROUTING=${routing})`, ...providers.flatMap(providerLines)],
        json: { order: names, routing, providers },
      };
    });
  },
};

function providerLines({
  name,
  state,
  conversion,
}: {
  readonly name: string;
  readonly state: ProviderState | undefined;
  readonly conversion: readonly ConversionFigures[];
}): string[] {
  return [
    '',
    name,
    `  ${stateLine(state)}`,
    `  conversion: ${total(conversion)}`,
    ...conversion.map((row) => `    ${row.prefix}  ${figuresLine(row)}`),
  ];
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
