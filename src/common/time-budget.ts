// The time budget of one request: all its calls to stores share it, however many there are.

import { AsyncLocalStorage } from 'node:async_hooks';

interface TimeBudget {
  remainingMs: number;
  /** Calls at the same time cost their time once. */
  callsInFlight: number;
  busySinceMs: number;
}

const budgets = new AsyncLocalStorage<TimeBudget>();

/** Runs a use case whose calls to stores may take `budgetMs` together. */
export function withTimeBudget<Outcome>(budgetMs: number, useCase: () => Promise<Outcome>): Promise<Outcome> {
  return budgets.run({ remainingMs: budgetMs, callsInFlight: 0, busySinceMs: 0 }, useCase);
}

/** What is left for the current request. Calls outside a request, such as health checks, have no budget. */
export function remainingBudgetMs(): number {
  const budget = budgets.getStore();
  return budget === undefined ? Number.POSITIVE_INFINITY : Math.max(0, budget.remainingMs - busyMs(budget));
}

/** Runs a call whose duration counts against the budget of the current request. */
export async function spendingBudget<Result>(call: () => Promise<Result>): Promise<Result> {
  const budget = budgets.getStore();
  if (budget === undefined) return call();
  if (budget.callsInFlight === 0) budget.busySinceMs = performance.now();
  budget.callsInFlight += 1;
  try {
    return await call();
  } finally {
    const elapsedMs = busyMs(budget);
    budget.callsInFlight -= 1;
    if (budget.callsInFlight === 0) budget.remainingMs -= elapsedMs;
  }
}

function busyMs({ callsInFlight, busySinceMs }: TimeBudget): number {
  return callsInFlight === 0 ? 0 : performance.now() - busySinceMs;
}
