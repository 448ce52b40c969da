// The list of SMS providers: `SMS_PROVIDER` names one of them.

import { SimulatedPhone } from '../simulated-phone.ts';
import type { SmsSender } from '../sms-sender.ts';
import { ConsoleSender } from './console/console-sender.ts';
import { SimulatedProvider } from './yuntongxun/simulator/simulated-sender.ts';
import { YuntongxunSender, type YuntongxunSettings } from './yuntongxun/yuntongxun-sender.ts';

/** The chosen provider with its own settings. */
export type SmsSettings =
  | ({ readonly provider: 'yuntongxun' } & YuntongxunSettings)
  | { readonly provider: 'simulated' }
  | { readonly provider: 'console' };

/** Providers for a first look, which production refuses. */
export const DEVELOPMENT_PROVIDERS: readonly SmsSettings['provider'][] = ['simulated', 'console'];

export interface SmsProvider {
  readonly sender: SmsSender;
  /** Where the texts arrive, with the provider that sends them nowhere else. */
  readonly phone?: SimulatedPhone;
}

/** `print` shows one line to the person at the terminal, for providers that send nothing. */
export async function startSmsProvider(
  settings: SmsSettings,
  print: (line: string) => void,
): Promise<SmsProvider> {
  switch (settings.provider) {
    case 'yuntongxun':
      return { sender: new YuntongxunSender(settings) };
    case 'simulated': {
      const phone = new SimulatedPhone(print);
      return { sender: await SimulatedProvider.start(phone), phone };
    }
    case 'console':
      return { sender: new ConsoleSender(print) };
  }
}
