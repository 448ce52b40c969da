// The request ids of the platform: none may repeat within a calendar day in China.

import { chinaTimestamp } from '../../../../common/china-time.ts';

export class RequestIds {
  private day = '';
  private readonly used = new Set<string>();

  /** Whether an SMS with the id was accepted on this day. */
  isUsed(reqId: unknown, nowMs: number): boolean {
    this.startDay(nowMs);
    return this.used.has(String(reqId));
  }

  /** Records the id of an accepted SMS. */
  use(reqId: string | undefined, nowMs: number): void {
    this.startDay(nowMs);
    if (reqId !== undefined) this.used.add(reqId);
  }

  private startDay(nowMs: number): void {
    const day = chinaTimestamp(nowMs).slice(0, 8);
    if (day === this.day) return;
    this.day = day;
    this.used.clear();
  }
}
