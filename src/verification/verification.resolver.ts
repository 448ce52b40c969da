// The mutations of the verification.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { orUnavailable } from '../common/dependency.ts';
import type { RequestContext } from '../common/request-context.ts';
import { RegisterUserInput, RegisterUserResult } from './register-user/register-user.schema.ts';
import type { RegisterUserService } from './register-user/register-user.service.ts';
import { RequestSmsCodeInput, RequestSmsCodeResult } from './request-sms-code/request-sms-code.schema.ts';
import type { RequestSmsCodeService } from './request-sms-code/request-sms-code.service.ts';
import { VerifySmsCodeInput, VerifySmsCodeResult } from './verify-sms-code/verify-sms-code.schema.ts';
import type { VerifySmsCodeService } from './verify-sms-code/verify-sms-code.service.ts';

@Resolver()
export class VerificationResolver {
  constructor(
    private readonly requesting: RequestSmsCodeService,
    private readonly verifying: VerifySmsCodeService,
    private readonly registering: RegisterUserService,
  ) {}

  @Mutation(() => RequestSmsCodeResult, {
    description:
      'Sends a code to a mobile, if the captcha is answered rightly and the allowances have room. The same input again, ' +
      'while the captcha would live, gets the first answer again, with the seconds that are left, and sends nothing: a ' +
      'retry after a lost reply is safe.',
  })
  async requestSmsCode(
    @Arg('input', () => RequestSmsCodeInput, { description: 'The mobile, the captcha and the purpose.' })
    input: RequestSmsCodeInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof RequestSmsCodeResult> {
    return orUnavailable(() => this.requesting.requestSmsCode(input, context));
  }

  @Mutation(() => VerifySmsCodeResult, {
    description:
      'Proves that somebody has a mobile, by the code that was sent there. A right code works once: after a lost reply to ' +
      'it, ask for another text.',
  })
  async verifySmsCode(
    @Arg('input', () => VerifySmsCodeInput, { description: 'The mobile, the code and the purpose.' })
    input: VerifySmsCodeInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof VerifySmsCodeResult> {
    return orUnavailable(() => this.verifying.verifySmsCode(input, context));
  }

  @Mutation(() => RegisterUserResult, {
    description:
      'Registers the mobile that a token for `REGISTER` proves. A token works once: a retry after a lost reply that is ' +
      'told that the token is invalid, before it expires, has registered the mobile the first time.',
  })
  async registerUser(
    @Arg('input', () => RegisterUserInput, { description: 'The token.' }) input: RegisterUserInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof RegisterUserResult> {
    return orUnavailable(() => this.registering.registerUser(input, context));
  }
}
