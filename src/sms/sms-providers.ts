// The list of SMS providers: `SMS_PROVIDER` names one of them.

import { ConsoleSender } from './console-sender.ts';
import type { SmsSender } from './sms-sender.ts';
import { SimulatedProvider } from './yuntongxun/simulated-provider.ts';
import { YuntongxunSender, type YuntongxunSettings } from './yuntongxun/yuntongxun-sender.ts';

/** The chosen provider with its own settings. */
export type SmsSettings =
  | ({ readonly provider: 'yuntongxun' } & YuntongxunSettings)
  | { readonly provider: 'simulated' }
  | { readonly provider: 'console' };

/** Providers for a first look, which production refuses. */
export const SENDS_NOTHING: readonly SmsSettings['provider'][] = ['simulated', 'console'];

/** `print` shows one line to the person at the terminal, for providers that send nothing. */
export async function startSmsSender(
  settings: SmsSettings,
  print: (line: string) => void,
): Promise<SmsSender> {
  switch (settings.provider) {
    case 'yuntongxun':
      return new YuntongxunSender(settings);
    case 'simulated':
      return SimulatedProvider.start(print);
    case 'console':
      return new ConsoleSender(print);
  }
}
