// The mutation `requestSmsCode`.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../../common/request-context.ts';
import { unavailableOnOutage } from '../../errors/service-unavailable.ts';
import { RequestSmsCodeInput, RequestSmsCodeResult } from './request-sms-code.schema.ts';
import type { RequestSmsCodeService } from './request-sms-code.service.ts';

@Resolver()
export class RequestSmsCodeResolver {
  constructor(private readonly service: RequestSmsCodeService) {}

  @Mutation(() => RequestSmsCodeResult, {
    description:
      'Sends an SMS with a code to a mobile, if the captcha answer is correct and no rate limit is exceeded. The ' +
      'operation is idempotent: the same input within the lifetime of the captcha gets the stored response, with its ' +
      'seconds reduced by the time that passed, and sends no second SMS. After a lost response, retry with the same input.',
  })
  async requestSmsCode(
    @Arg('input', () => RequestSmsCodeInput, { description: 'The mobile, the captcha and the purpose.' })
    input: RequestSmsCodeInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof RequestSmsCodeResult> {
    return unavailableOnOutage(() => this.service.requestSmsCode(input, context));
  }
}
