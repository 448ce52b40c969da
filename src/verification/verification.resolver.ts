// The mutations of the verification.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { orUnavailable } from '../shared/dependency.ts';
import type { RequestContext } from '../shared/request-context.ts';
import { RequestSmsCodeInput, RequestSmsCodeResult } from './verification.schema.ts';
import type { VerificationService } from './verification.service.ts';

@Resolver()
export class VerificationResolver {
  constructor(private readonly verification: VerificationService) {}

  @Mutation(() => RequestSmsCodeResult, {
    description: 'Sends a code to a mobile, if the captcha is answered rightly and the allowances have room.',
  })
  async requestSmsCode(
    @Arg('input', () => RequestSmsCodeInput, { description: 'The mobile, the captcha and the purpose.' })
    input: RequestSmsCodeInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof RequestSmsCodeResult> {
    return orUnavailable(() => this.verification.requestSmsCode(input, context.clientAddress));
  }
}
