// The inbox of the simulated provider: the latest messages, for the page at /phone.

/** One received message. */
export interface SimulatedSms {
  /** `138****8000`. The person who waits for the message knows the number. */
  readonly maskedMobile: string;
  readonly text: string;
  readonly receivedAt: Date;
}

const CAPACITY = 50;

export class SimulatedPhone {
  /** Newest first. */
  readonly messages: SimulatedSms[] = [];

  /** `print` also shows each message in the terminal. */
  constructor(private readonly print: (line: string) => void) {}

  receive(maskedMobile: string, text: string): void {
    this.print(`SMS to ${maskedMobile}: ${text}`);
    this.messages.unshift({ maskedMobile, text, receivedAt: new Date() });
    this.messages.splice(CAPACITY);
  }
}
