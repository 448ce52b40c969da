// Logs when a dependency goes away and when it is back, not every call that finds it so.

import type { Logger } from 'pino';

export class OutageLog {
  private readonly away = new Set<string>();

  constructor(private readonly logger: Logger) {}

  /** To be told of every call: what went wrong, or `undefined` if it was answered. */
  note(dependency: string, outage: unknown): void {
    if (outage !== undefined && !this.away.has(dependency)) {
      this.away.add(dependency);
      this.logger.error({ dependency, err: outage }, 'dependency unavailable');
    } else if (outage === undefined && this.away.delete(dependency)) {
      this.logger.info({ dependency }, 'dependency available again');
    }
  }
}
