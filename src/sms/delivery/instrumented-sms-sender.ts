// Reports the outcome and the duration of every send, and traces it.

import { noTracing, type Tracing } from '../../common/tracing.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../sms-sender.ts';

export type ObserveSend = (outcome: SmsOutcome, seconds: number) => void;

export class InstrumentedSmsSender implements SmsSender {
  constructor(
    private readonly sender: SmsSender,
    private readonly observe: ObserveSend,
    private readonly provider: string,
    private readonly tracing: Tracing = noTracing,
  ) {}

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const attributes = { 'yanzheng.sms.provider': this.provider };
    return this.tracing.run({ name: 'send SMS', kind: 'client', attributes }, async (end) => {
      const startedMs = performance.now();
      const outcome = await this.sender.send(message, timeoutMs);
      this.observe(outcome, (performance.now() - startedMs) / 1000);
      end({ 'yanzheng.outcome': outcome.kind }, outcome.unreachable ? 'unreachable' : undefined);
      return outcome;
    });
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
