// Wraps the client of a dependency: a time limit for each call and for all calls of one request, the duration of each
// call, and `DependencyUnavailableError` as the only error of an outage.

import { DeadlineExceededError, withDeadline } from '../common/deadline.ts';
import { type Dependency, DependencyUnavailableError } from '../common/dependency.ts';
import { currentBudget } from '../common/time-budget.ts';

export interface DependencyClientOptions {
  readonly name: string;
  readonly timeoutMs: number;
  /** Tells an outage of the dependency from an error in our call. */
  readonly isOutage: (error: unknown) => boolean;
  /** Is called after every call. `outage` is the error of an outage, else `undefined`. */
  readonly observe: (seconds: number, outage: unknown) => void;
  /** Wraps each call, for traces. `undefined` if there are none. */
  readonly around?: (<T>(call: () => Promise<T>) => Promise<T>) | undefined;
}

/** `client` is called for each call, so it may return a new one each time. */
export function createDependencyClient<Client>(
  client: () => Client,
  { name, timeoutMs, isOutage, observe, around }: DependencyClientOptions,
): Dependency<Client> {
  return {
    async use(call) {
      const budget = currentBudget();
      const startedMs = performance.now();
      const limitMs = budget === undefined ? timeoutMs : Math.min(timeoutMs, budget.remainingMs);
      // A call that is sent takes effect, even if its request no longer waits for it.
      if (limitMs <= 0)
        throw new DependencyUnavailableError(name, { cause: new DeadlineExceededError('no time left') });
      const limited = () => withDeadline(limitMs, () => call(client()));
      let outage: unknown;
      budget?.startCall(startedMs);
      try {
        return await (around ? around(limited) : limited());
      } catch (error) {
        if (!isOutage(error)) throw error;
        outage = error;
        throw new DependencyUnavailableError(name, { cause: error });
      } finally {
        const endedMs = performance.now();
        budget?.endCall(endedMs);
        observe((endedMs - startedMs) / 1000, outage);
      }
    },
  };
}
