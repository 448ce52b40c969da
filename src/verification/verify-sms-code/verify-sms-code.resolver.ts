// The mutation `verifySmsCode`.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../../common/request-context.ts';
import { unavailableOnOutage } from '../../errors/service-unavailable.ts';
import { VerifySmsCodeInput, VerifySmsCodeResult } from './verify-sms-code.schema.ts';
import type { VerifySmsCodeService } from './verify-sms-code.service.ts';

@Resolver()
export class VerifySmsCodeResolver {
  constructor(private readonly service: VerifySmsCodeService) {}

  @Mutation(() => VerifySmsCodeResult, {
    description:
      'Verifies the code that was sent to a mobile and returns a verification token. Every comparison counts as an ' +
      'attempt. A correct code works once: after a lost response, request a new SMS.',
  })
  async verifySmsCode(
    @Arg('input', () => VerifySmsCodeInput, { description: 'The mobile, the code and the purpose.' })
    input: VerifySmsCodeInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof VerifySmsCodeResult> {
    return unavailableOnOutage(() => this.service.verifySmsCode(input, context));
  }
}
