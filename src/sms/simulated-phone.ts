// The phone of the provider `simulated`: it keeps the last texts, for a person to look at.

/** A text as it arrived. */
export interface SimulatedText {
  /** `138****8000`: whoever waits for a text knows the number. */
  readonly maskedMobile: string;
  readonly text: string;
  readonly receivedAt: Date;
}

const KEPT = 50;

export class SimulatedPhone {
  /** Newest first. */
  readonly texts: SimulatedText[] = [];

  /** Shows the text in the terminal, too, by `print`. */
  constructor(private readonly print: (line: string) => void) {}

  take(maskedMobile: string, text: string): void {
    this.print(`SMS to ${maskedMobile}: ${text}`);
    this.texts.unshift({ maskedMobile, text, receivedAt: new Date() });
    this.texts.splice(KEPT);
  }
}
