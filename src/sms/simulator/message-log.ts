// What the simulator accepted.

import type { AcceptedSms, NumberLimit } from './provider-simulation.ts';

const CAPACITY = 10_000;

export class MessageLog {
  /** The oldest first. */
  private readonly messages = new Map<string, AcceptedSms>();

  /** `onAdded` sees each SMS. */
  constructor(private readonly onAdded: (sms: AcceptedSms) => void = () => {}) {}

  /** The latest first. */
  get latest(): readonly AcceptedSms[] {
    return [...this.messages.values()].toReversed();
  }

  add(sms: AcceptedSms): void {
    this.messages.set(keyOf(sms), sms);
    const [oldest] = this.messages.keys();
    if (this.messages.size > CAPACITY && oldest !== undefined) this.messages.delete(oldest);
    this.onAdded(sms);
  }

  sentTo(provider: string, mobile: string): readonly AcceptedSms[] {
    return this.latest.filter((sms) => sms.provider === provider && sms.mobile === mobile);
  }

  /** An SMS that is not in the log any more is ignored. */
  setState(sms: AcceptedSms, state: AcceptedSms['state']): void {
    const key = keyOf(sms);
    if (this.messages.has(key)) this.messages.set(key, { ...sms, state });
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

/** One request can ask for SMS to several numbers, which then share their message id. */
function keyOf({ messageId, mobile }: AcceptedSms): string {
  return `${messageId} ${mobile}`;
}
