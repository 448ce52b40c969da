// Reports the outcome and the duration of every send.

import type { SmsMessage, SmsOutcome, SmsSender } from '../sms-sender.ts';

export type ObserveSend = (outcome: SmsOutcome, seconds: number) => void;

export class InstrumentedSmsSender implements SmsSender {
  constructor(
    private readonly sender: SmsSender,
    private readonly observe: ObserveSend,
  ) {}

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const startedMs = performance.now();
    const outcome = await this.sender.send(message, timeoutMs);
    this.observe(outcome, (performance.now() - startedMs) / 1000);
    return outcome;
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
