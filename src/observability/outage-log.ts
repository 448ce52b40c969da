// Logs the start and the end of an outage, not every call that fails during it.

import type { Logger } from 'pino';

export class OutageLog {
  private readonly unavailable = new Set<string>();

  constructor(private readonly logger: Logger) {}

  /** Records the result of a call: the error of an outage, or `undefined` for an answer. */
  record(dependency: string, outage: unknown): void {
    if (outage !== undefined && !this.unavailable.has(dependency)) {
      this.unavailable.add(dependency);
      this.logger.error({ dependency, err: outage }, 'dependency unavailable');
    } else if (outage === undefined && this.unavailable.delete(dependency)) {
      this.logger.info({ dependency }, 'dependency available again');
    }
  }
}
