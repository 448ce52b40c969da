// The provider `console`: prints the text and sends nothing.

import { randomUUID } from 'node:crypto';
import { maskMobile } from '../shared/mobile.ts';
import type { CodeMessage, SmsOutcome, SmsSender } from './sms-sender.ts';

export class ConsoleSender implements SmsSender {
  constructor(private readonly print: (line: string) => void) {}

  async send({ mobile, code, validForMinutes }: CodeMessage): Promise<SmsOutcome> {
    try {
      this.print(`SMS to ${maskMobile(mobile)}: ${code}, valid for ${validForMinutes} minutes`);
      return { kind: 'sent', messageId: randomUUID() };
    } catch {
      return { kind: 'notSent', reason: 'the terminal takes no line', retryAfterSeconds: 10, noAnswer: true };
    }
  }

  async close(): Promise<void> {}
}
