// Counts the requests under way, so that a stop can wait for them.

import type { FastifyInstance } from 'fastify';

export class RunningRequests {
  private count = 0;
  private onIdle: () => void = () => {};

  constructor(app: FastifyInstance) {
    app.addHook('onRequest', async () => {
      this.count += 1;
    });
    app.addHook('onResponse', async () => {
      this.count -= 1;
      if (this.count === 0) this.onIdle();
    });
  }

  /** Resolves when none is under way, or after `atMostMs`. */
  async finish(atMostMs: number): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
