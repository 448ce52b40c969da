// Counts work under way, so that a stop can wait for it.

export class InFlight {
  private running = 0;
  private onIdle: () => void = () => {};

  get count(): number {
    return this.running;
  }

  begin(): void {
    this.running += 1;
  }

  end(): void {
    this.running -= 1;
    if (this.running === 0) this.onIdle();
  }

  /** Resolves when nothing is under way, or after `atMostMs`. */
  async finish(atMostMs: number): Promise<void> {
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
