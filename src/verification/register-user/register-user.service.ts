// The walk of `registerUser`.

import { createHash } from 'node:crypto';
import type { Audit, Caller } from '../../common/audit.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { MobileAlreadyRegisteredError } from '../../users/user.schema.ts';
import { uuidV7 } from '../../users/uuid-v7.ts';
import type { SpentTokenStore } from '../tokens/spent-token.store.ts';
import type { ReadToken, VerificationTokens } from '../tokens/verification-token.ts';
import { SmsCodePurpose } from '../verification.schema.ts';
import {
  InvalidVerificationTokenError,
  type RegisterUserInput,
  UserRegistered,
} from './register-user.schema.ts';

export interface RegisterUserDependencies {
  readonly tokens: VerificationTokens;
  readonly spentTokens: SpentTokenStore;
  readonly users: UserRepository;
  readonly audit: Audit;
}

export class RegisterUserService {
  constructor(private readonly parts: RegisterUserDependencies) {}

  /**
   * Registers the mobile that a token proves. The user is inserted first and the token spent after it, so that no failure
   * burns a token; and of several who bring one at once, all find the one user, and the one who spends the token has it.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; the token is good for another try then.
   */
  async registerUser(input: RegisterUserInput, caller: Caller) {
    const { tokens, spentTokens, users, audit } = this.parts;
    const token = await tokens.read(input.verificationToken.trim(), Date.now());
    if (token?.purpose !== SmsCodePurpose.REGISTER) return new InvalidVerificationTokenError();
    if (await spentTokens.isSpent(token.jti)) return new InvalidVerificationTokenError();

    const user = await users.register(userIdOf(token), token.mobile);
    if (!(await spentTokens.spend(token.jti, token.expiresAtSeconds)))
      return new InvalidVerificationTokenError();
    if (user === undefined) return new MobileAlreadyRegisteredError();
    audit('user_registered', { caller, mobile: token.mobile, userId: user.id });
    return new UserRegistered(user);
  }
}

/** Always the same for one token, so that a try whose answer got lost in the database can be made again. */
function userIdOf({ issuedAtSeconds, jti }: ReadToken): string {
  return uuidV7(issuedAtSeconds * 1000, createHash('sha256').update(jti).digest().subarray(0, 10));
}
