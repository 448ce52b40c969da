// A Redis client behind Sentinel that connects again in every case.

import { Redis, type RedisOptions } from 'ioredis';
import { REDIS_RECONNECT_DELAY_STEP_MS } from '../../config/time-budgets.ts';

/**
 * ioredis gives up for good if the Sentinels report a failover while it asks them for the primary. That is likely when a
 * primary dies, because it asks them again and again until the report comes.
 */
export class SentinelRedis extends Redis {
  private isClosed = false;
  private isConnecting = false;

  constructor(options: RedisOptions) {
    super({ ...options, replyMapping: 'legacy' });
    this.isConnecting = this.status === 'connecting';
    this.on('connecting', () => {
      this.isConnecting = true;
    });
    for (const event of ['connect', 'close'] as const) {
      this.on(event, () => {
        this.isConnecting = false;
      });
    }
    // After `quit` and `disconnect`, `close` comes before `end`, except if `disconnect` interrupts a connection attempt.
    this.on('end', () => {
      if (this.isConnecting && !this.isClosed) this.connectAgain();
      // `quit` leaves the connections to the Sentinels open, which keep the process alive.
      else if (!this.isClosed) super.disconnect();
    });
  }

  override disconnect(reconnect = false): void {
    this.isClosed ||= !reconnect;
    super.disconnect(reconnect);
  }

  private connectAgain(): void {
    setTimeout(() => {
      if (!this.isClosed) this.connect().catch(() => {});
    }, REDIS_RECONNECT_DELAY_STEP_MS);
  }
}
