// The use case `registerUser`: check the token, insert the user, spend the token.

import { createHash } from 'node:crypto';
import type { Audit, Caller } from '../../common/audit.ts';
import type { UserRepository } from '../../users/user.repository.ts';
import { MobileAlreadyRegisteredError, UserType } from '../../users/user.schema.ts';
import { uuidV7 } from '../../users/uuid-v7.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import type { SpentTokenStore } from '../tokens/spent-token.store.ts';
import type { VerificationTokens, VerifiedToken } from '../tokens/verification-token.ts';
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
  constructor(private readonly dependencies: RegisterUserDependencies) {}

  /**
   * Registers the mobile of a verification token. The user is inserted before the token is spent, so no failure wastes a
   * token. Concurrent uses of one token find the same user, and the one that spends the token gets it.
   * @throws DependencyUnavailableError if Redis or PostgreSQL does not answer; the token can be used again then.
   */
  async registerUser(input: RegisterUserInput, caller: Caller) {
    const { tokens, spentTokens, users, audit } = this.dependencies;
    const token = await tokens.verify(input.verificationToken.trim(), Date.now());
    if (token?.purpose !== SmsCodePurpose.REGISTER) return new InvalidVerificationTokenError();
    if (await spentTokens.isSpent(token.jti)) return new InvalidVerificationTokenError();

    const user = await users.register(userIdOf(token), token.mobile);
    const isSpentNow = await spentTokens.spend(token.jti, token.expiresAtSeconds);
    if (!isSpentNow) return new InvalidVerificationTokenError();
    if (user === undefined) return new MobileAlreadyRegisteredError();
    audit('user_registered', { caller, mobile: token.mobile, userId: user.id });
    return new UserRegistered(new UserType(user));
  }
}

/** Derived from the token, so a retry after an unknown outcome of the insert finds its user. */
function userIdOf({ issuedAtSeconds, jti }: VerifiedToken): string {
  return uuidV7(issuedAtSeconds * 1000, createHash('sha256').update(jti).digest().subarray(0, 10));
}
