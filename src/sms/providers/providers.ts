// The list of SMS providers. `SMS_PROVIDER` names one of them.

import { aliyunProvider } from './aliyun/aliyun-provider.ts';
import { consoleProvider } from './console/console-provider.ts';
import type { SmsProviderDefinition } from './provider.ts';
import { tencentProvider } from './tencent/tencent-provider.ts';
import { webhookProvider } from './webhook/webhook-provider.ts';
import { simulatedProvider } from './yuntongxun/simulator/simulated-provider.ts';
import { yuntongxunProvider } from './yuntongxun/yuntongxun-provider.ts';

export const smsProviders = {
  yuntongxun: yuntongxunProvider,
  aliyun: aliyunProvider,
  tencent: tencentProvider,
  webhook: webhookProvider,
  simulated: simulatedProvider,
  console: consoleProvider,
};

export type SmsProviderName = keyof typeof smsProviders;
export const smsProviderNames = Object.keys(smsProviders) as SmsProviderName[];

/** Used when `SMS_PROVIDER` is unset. Production requires the setting. */
export const DEFAULT_SMS_PROVIDER: SmsProviderName = 'simulated';

/** The definition without the type of its settings, for code that handles any provider. */
export function smsProvider(name: SmsProviderName): SmsProviderDefinition {
  return smsProviders[name] as unknown as SmsProviderDefinition;
}

type UnionToIntersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer Intersection,
) => void
  ? Intersection
  : never;
type SmsProviderSettings = UnionToIntersection<(typeof smsProviders)[SmsProviderName]['settings']>;

/** The settings of all providers, merged. */
export const smsProviderSettings: SmsProviderSettings = Object.assign(
  {},
  ...Object.values(smsProviders).map(({ settings }) => settings),
);
