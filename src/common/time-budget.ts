// The time budget of one request: all its calls to stores share it, however many there are.

import { AsyncLocalStorage } from 'node:async_hooks';

export interface TimeBudget {
  remainingMs: number;
}

const UNLIMITED: TimeBudget = Object.freeze({ remainingMs: Number.POSITIVE_INFINITY });
const budgets = new AsyncLocalStorage<TimeBudget>();

/** Runs a use case whose calls to stores may take `budgetMs` together. */
export function withTimeBudget<Outcome>(budgetMs: number, useCase: () => Promise<Outcome>): Promise<Outcome> {
  return budgets.run({ remainingMs: budgetMs }, useCase);
}

/** What is left for the current request. Calls outside a request, such as health checks, have no budget. */
export function remainingBudgetMs(): number {
  return (budgets.getStore() ?? UNLIMITED).remainingMs;
}

/** Subtracts the duration of a call from the budget of the current request. */
export function spendBudget(milliseconds: number): void {
  const budget = budgets.getStore();
  if (budget) budget.remainingMs -= milliseconds;
}
