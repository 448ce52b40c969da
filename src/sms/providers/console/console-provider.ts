// The provider `console`: prints the code and sends nothing.

import { randomUUID } from 'node:crypto';
import { maskMobile } from '../../../common/phone-number.ts';
import {
  RETRY_AFTER_UNREACHABLE_SECONDS,
  SMS_PROVIDER_TIMEOUT_SECONDS,
} from '../../../config/time-budgets.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { defineSmsProvider } from '../provider.ts';

/** There are none. The number bounds the sends at once. */
const CONNECTIONS = 64;

export class ConsoleSender implements SmsSender {
  constructor(private readonly print: (line: string) => void) {}

  async send({ mobile, code, validForMinutes }: SmsMessage): Promise<SmsOutcome> {
    try {
      this.print(`SMS to ${maskMobile(mobile)}: ${code}, valid for ${validForMinutes} minutes`);
      return { kind: 'accepted', messageId: randomUUID() };
    } catch {
      return {
        kind: 'rejected',
        cause: 'provider',
        reason: 'the terminal is not writable',
        retryAfterSeconds: RETRY_AFTER_UNREACHABLE_SECONDS,
        unreachable: true,
      };
    }
  }

  async close(): Promise<void> {}
}

export const consoleProvider = defineSmsProvider({
  settings: {},
  requiredSettings: [],
  isForDevelopment: true,
  start: async (_settings, print) => ({
    sender: new ConsoleSender(print),
    timeoutMs: SMS_PROVIDER_TIMEOUT_SECONDS * 1000,
    connections: CONNECTIONS,
  }),
});
