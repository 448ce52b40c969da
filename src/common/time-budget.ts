// The time budget of one request: all its calls to stores share it, however many there are.

import { AsyncLocalStorage } from 'node:async_hooks';

export class TimeBudget {
  private callsInFlight = 0;
  private busySinceMs = 0;

  /** @param leftMs what is left without the calls in flight. */
  constructor(private leftMs: number) {}

  get remainingMs(): number {
    return this.callsInFlight === 0 ? this.leftMs : this.leftMs - (performance.now() - this.busySinceMs);
  }

  /** A call starts whose duration counts. Calls at the same time cost their time once. */
  startCall(nowMs: number): void {
    if (this.callsInFlight === 0) this.busySinceMs = nowMs;
    this.callsInFlight += 1;
  }

  endCall(nowMs: number): void {
    this.callsInFlight -= 1;
    if (this.callsInFlight === 0) this.leftMs -= nowMs - this.busySinceMs;
  }
}

const budgets = new AsyncLocalStorage<TimeBudget>();

/** Runs a use case whose calls to stores may take `budgetMs` together. */
export function withTimeBudget<Outcome>(budgetMs: number, useCase: () => Promise<Outcome>): Promise<Outcome> {
  return budgets.run(new TimeBudget(budgetMs), useCase);
}

/** That of the current request. Calls outside a request, such as health checks, have none. */
export function currentBudget(): TimeBudget | undefined {
  return budgets.getStore();
}

/** What is left for the current request. Without a budget, it is infinite. */
export function remainingBudgetMs(): number {
  return Math.max(0, currentBudget()?.remainingMs ?? Number.POSITIVE_INFINITY);
}
