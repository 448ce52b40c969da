// What the simulator accepted, the latest first.

import type { AcceptedSms, NumberLimit } from './provider-simulation.ts';

const CAPACITY = 10_000;

export class MessageLog {
  private messages: AcceptedSms[] = [];

  get latest(): readonly AcceptedSms[] {
    return this.messages;
  }

  add(sms: AcceptedSms): void {
    this.messages.unshift(sms);
    this.messages.splice(CAPACITY);
  }

  sentTo(provider: string, mobile: string): readonly AcceptedSms[] {
    return this.messages.filter((sms) => sms.provider === provider && sms.mobile === mobile);
  }

  setState(messageId: string, state: AcceptedSms['state']): void {
    this.messages = this.messages.map((sms) => (sms.messageId === messageId ? { ...sms, state } : sms));
  }

  /** The first limit of a platform that a further SMS to the number would exceed. */
  exceededLimit(
    provider: string,
    mobile: string,
    limits: readonly NumberLimit[],
    nowMs: number,
  ): NumberLimit | undefined {
    const sent = this.sentTo(provider, mobile);
    return limits.find(({ windowSeconds, limit }) => {
      const recent = sent.filter(({ acceptedAtMs }) => nowMs - acceptedAtMs < windowSeconds * 1000);
      return recent.length >= limit;
    });
  }
}
