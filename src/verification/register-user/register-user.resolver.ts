// The mutation `registerUser`.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../../common/request-context.ts';
import { unavailableOnOutage } from '../../errors/service-unavailable.ts';
import { RegisterUserInput, RegisterUserResult } from './register-user.schema.ts';
import type { RegisterUserService } from './register-user.service.ts';

@Resolver()
export class RegisterUserResolver {
  constructor(private readonly service: RegisterUserService) {}

  @Mutation(() => RegisterUserResult, {
    description:
      'Registers the mobile of a verification token with the purpose `REGISTER`. A token works once. If a retry after a ' +
      'lost response returns `InvalidVerificationTokenError` before the token expires, the first request has registered ' +
      'the user.',
  })
  async registerUser(
    @Arg('input', () => RegisterUserInput, { description: 'The verification token.' })
    input: RegisterUserInput,
    @Ctx() context: RequestContext,
  ): Promise<typeof RegisterUserResult> {
    return unavailableOnOutage(() => this.service.registerUser(input, context));
  }
}
