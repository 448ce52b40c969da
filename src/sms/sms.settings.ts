// The settings of SMS: which providers, their order, and the settings of every provider.

import { list, oneOf } from '../config/env.ts';
import { type SmsProviderName, smsProviderNames, smsProviderSettings } from './providers/providers.ts';

const isProvider = (name: string): name is SmsProviderName =>
  smsProviderNames.some((known) => known === name);

const message = `must be one of ${smsProviderNames.join(', ')}, or several of them separated by commas`;
const providerNames = list(isProvider, message)
  .refine((names) => names.length > 0 && new Set(names).size === names.length, message)
  .transform((names) => names.filter(isProvider));

export const smsSettings = {
  SMS_PROVIDER: providerNames.optional(),
  SMS_ROUTING: oneOf('fixed', 'conversion').default('fixed'),
  SMS_FAILOVER_ON_LIMIT: providerNames.default([]),
  ...smsProviderSettings,
};
