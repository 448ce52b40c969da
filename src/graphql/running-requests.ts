// Counts the requests under way, so that a stop can wait for them.

import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';

export class RunningRequests {
  private count = 0;
  private onIdle: () => void = () => {};

  constructor(app: FastifyInstance) {
    app.addHook('onRequest', async () => {
      this.count += 1;
    });
    // Not onResponse, which never comes for a caller who left; what was begun for that one is waited for all the same.
    app.addHook('onSend', async (_request, reply) => {
      finished(reply.raw, () => this.end());
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

  private end(): void {
    this.count -= 1;
    if (this.count === 0) this.onIdle();
  }
}
