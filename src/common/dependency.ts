// What the features know of Redis, PostgreSQL and the like: a client that answers within a time limit or is "unavailable".

import { Field, Int, ObjectType } from 'type-graphql';
import { UserError } from '../errors/user-error.ts';
import type { Sentences } from './locale.ts';
import { withTimeBudget } from './time-budget.ts';

/** A client behind a guard. */
export interface Dependency<Client> {
  /**
   * Runs one piece of work on the client.
   * @throws DependencyUnavailableError when there is no answer within the time limits or the connection fails;
   *   any other error as it comes.
   */
  use<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
}

/** Redis or PostgreSQL did not answer. Nothing is known of what the call did there. */
export class DependencyUnavailableError extends Error {
  override readonly name = 'DependencyUnavailableError';

  constructor(
    readonly dependency: string,
    options: { cause: unknown },
  ) {
    super(`${dependency} is unavailable`, options);
  }
}

/** Long enough for a restart, short enough that a person waits for it. */
const RETRY_AFTER_SECONDS = 5;

@ObjectType({
  implements: UserError,
  description:
    'Returned when a store that the checks rest on does not answer, or when the same request was made before and never ' +
    'answered. This request sent nothing. A captcha may be spent: show a new one. Try again with the same code or token.',
})
export class ServiceUnavailableError extends UserError<'ServiceUnavailableError'> {
  @Field(() => Int, { description: 'Seconds after which another try makes sense.' })
  readonly retryAfterSeconds = RETRY_AFTER_SECONDS;

  protected text(): Sentences {
    return {
      'zh-CN': '数据库异常',
      en: 'The service is unavailable at the moment. Please try again shortly.',
    };
  }
}

/** Runs a flow within its store time; an unavailable dependency becomes the typed refusal, other errors stay faults. */
export async function orUnavailable<Outcome>(
  flow: () => Promise<Outcome>,
): Promise<Outcome | ServiceUnavailableError> {
  try {
    return await withTimeBudget(flow);
  } catch (error) {
    if (error instanceof DependencyUnavailableError) return new ServiceUnavailableError();
    throw error;
  }
}
