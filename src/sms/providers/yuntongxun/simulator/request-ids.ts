// The request ids of the platform: none may repeat within a calendar day in China.

import { chinaTimestamp } from '../../../../common/china-time.ts';

export class RequestIds {
  private day = '';
  private readonly used = new Set<string>();

  /** Records the id. A request without an id never repeats. */
  isRepeated(reqId: unknown, nowMs: number): boolean {
    const day = chinaTimestamp(nowMs).slice(0, 8);
    if (day !== this.day) {
      this.day = day;
      this.used.clear();
    }
    if (reqId === undefined) return false;
    const isRepeated = this.used.has(String(reqId));
    this.used.add(String(reqId));
    return isRepeated;
  }
}
