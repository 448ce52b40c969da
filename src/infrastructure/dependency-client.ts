// Stands between a feature and a connection: a time limit for each call and for all of one request, the duration of
// each, and one kind of failure.

import { withDeadline } from '../common/deadline.ts';
import { type Dependency, DependencyUnavailableError } from '../common/dependency.ts';
import { currentTimeBudget } from '../common/time-budget.ts';

export interface DependencyClientOptions {
  readonly name: string;
  readonly timeoutMs: number;
  /** Whether an error means that the other side is away, and not that we asked for something wrong. */
  readonly isOutage: (error: unknown) => boolean;
  /** Called after every call. */
  readonly observe: (seconds: number, outage: unknown) => void;
}

/** `client` is called for each piece of work, so that it may give each its own. */
export function guard<Client>(client: () => Client, options: DependencyClientOptions): Dependency<Client> {
  const { name, timeoutMs, isOutage, observe } = options;
  return {
    async use(work) {
      const startedMs = performance.now();
      const time = currentTimeBudget();
      const secondsSpent = () => (performance.now() - startedMs) / 1000;
      try {
        const result = await withDeadline(Math.min(timeoutMs, Math.max(0, time.leftMs)), () =>
          work(client()),
        );
        observe(secondsSpent(), undefined);
        return result;
      } catch (error) {
        if (!isOutage(error)) {
          observe(secondsSpent(), undefined);
          throw error;
        }
        observe(secondsSpent(), error);
        throw new DependencyUnavailableError(name, { cause: error });
      } finally {
        time.leftMs -= secondsSpent() * 1000;
      }
    },
  };
}
