// `ServiceUnavailableError`: the outcome of an operation whose store is unavailable.

import { Field, Int, ObjectType } from 'type-graphql';
import { DependencyUnavailableError } from '../common/dependency.ts';
import type { LocalizedMessage } from '../common/locale.ts';
import { withTimeBudget } from '../common/time-budget.ts';
import { RETRY_AFTER_OUTAGE_SECONDS, STORE_BUDGET_PER_REQUEST_MS } from '../config/time-budgets.ts';
import { RetryableError } from './retryable-error.ts';
import { UserError } from './user-error.ts';

@ObjectType({
  implements: [UserError, RetryableError],
  description:
    'Returned when a database of the service does not respond in time, or when an identical earlier request ended without ' +
    'a response. This request sent no SMS. Retry with the same input after `retryAfterSeconds`. If the captcha was spent, ' +
    'the retry returns `CaptchaExpiredError`: show a new captcha.',
})
export class ServiceUnavailableError extends RetryableError<'ServiceUnavailableError'> {
  @Field(() => Int, { description: 'Seconds to wait before a retry.' })
  readonly retryAfterSeconds = RETRY_AFTER_OUTAGE_SECONDS;

  protected messages(): LocalizedMessage {
    return {
      'zh-CN': '数据库异常',
      en: 'The service is unavailable at the moment. Please try again shortly.',
    };
  }
}

/**
 * Runs a use case within the time budget for stores.
 * @returns what the use case returns, or `ServiceUnavailableError` if a dependency was unavailable.
 * @throws every other error of the use case.
 */
export async function unavailableOnOutage<Outcome>(
  useCase: () => Promise<Outcome>,
): Promise<Outcome | ServiceUnavailableError> {
  try {
    return await withTimeBudget(STORE_BUDGET_PER_REQUEST_MS, useCase);
  } catch (error) {
    if (error instanceof DependencyUnavailableError) return new ServiceUnavailableError();
    throw error;
  }
}
