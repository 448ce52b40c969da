// Counts work in flight, so that a graceful shutdown can wait for it.

export class InFlight {
  private running = 0;
  private onDrained: () => void = () => {};

  get count(): number {
    return this.running;
  }

  start(): void {
    this.running += 1;
  }

  end(): void {
    this.running -= 1;
    if (this.running === 0) this.onDrained();
  }

  /** Resolves when nothing is in flight, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
