// The settings of SMS: which provider, their order, and the settings of every provider.

import { oneOf } from '../config/env.ts';
import { smsProviderNames, smsProviderSettings } from './providers/providers.ts';

export const smsSettings = {
  SMS_PROVIDER: oneOf(...smsProviderNames).optional(),
  SMS_ROUTING: oneOf('fixed', 'conversion').default('fixed'),
  ...smsProviderSettings,
};
