// The walk of `registerUser`.

import { createHash } from 'node:crypto';
import type { Audit, Caller } from '../shared/audit.ts';
import { DependencyUnavailable } from '../shared/dependency.ts';
import type { UserRepository } from '../user/user.repository.ts';
import { MobileAlreadyRegisteredError } from '../user/user.schema.ts';
import { uuidV7 } from '../user/uuid-v7.ts';
import {
  InvalidVerificationTokenError,
  type RegisterUserInput,
  UserRegistered,
} from './register-user.schema.ts';
import type { SpentTokenStore } from './spent-token.store.ts';
import { SmsCodePurpose } from './verification.schema.ts';
import type { ReadToken, VerificationTokens } from './verification-token.ts';

export interface RegisterUserParts {
  readonly tokens: VerificationTokens;
  readonly spentTokens: SpentTokenStore;
  readonly users: UserRepository;
  readonly audit: Audit;
}

export class RegisterUserService {
  constructor(private readonly parts: RegisterUserParts) {}

  /**
   * Registers the mobile that a token proves. The token is claimed, the user inserted, the token spent: whatever fails
   * in between leaves it good, at the latest when the claim lapses.
   * @throws DependencyUnavailable if Redis or PostgreSQL does not answer.
   */
  async registerUser(input: RegisterUserInput, caller: Caller) {
    const { tokens, spentTokens, audit } = this.parts;
    const token = await tokens.read(input.verificationToken.trim(), Date.now());
    if (token?.purpose !== SmsCodePurpose.REGISTER) return new InvalidVerificationTokenError();
    if (!(await spentTokens.claim(token.jti))) return new InvalidVerificationTokenError();

    const user = await this.insertUser(token);
    // Should this fail, the claim lapses, and the unique constraint still lets nobody register twice.
    await ignoreOutage(spentTokens.spend(token.jti, token.expiresAtSeconds - Date.now() / 1000));
    if (user === undefined) return new MobileAlreadyRegisteredError();
    audit('user_registered', { caller, mobile: token.mobile, userId: user.id });
    return new UserRegistered(user);
  }

  private async insertUser(token: ReadToken) {
    try {
      return await this.parts.users.register(userIdOf(token), token.mobile);
    } catch (error) {
      await ignoreOutage(this.parts.spentTokens.giveBack(token.jti));
      throw error;
    }
  }
}

/** Always the same for one token, so that a try whose answer got lost in the database can be made again. */
function userIdOf({ issuedAtSeconds, jti }: ReadToken): string {
  return uuidV7(issuedAtSeconds * 1000, createHash('sha256').update(jti).digest().subarray(0, 10));
}

async function ignoreOutage(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DependencyUnavailable)) throw error;
  }
}
