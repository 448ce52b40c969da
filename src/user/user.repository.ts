// Registered users in PostgreSQL.

import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { Dependency } from '../shared/dependency.ts';
import type { Mobile } from '../shared/mobile.ts';
import { User } from './user.entity.ts';

export class UserRepository {
  constructor(private readonly database: Dependency<EntityManager>) {}

  /** @throws DependencyUnavailable if PostgreSQL does not answer. */
  async isRegistered(mobile: Mobile): Promise<boolean> {
    return (await this.database.use((em) => em.count(User, { mobile }))) > 0;
  }

  /**
   * Inserts a user; of two at once for one mobile the unique constraint lets one pass.
   * @returns `undefined` if the mobile is registered already.
   * @throws DependencyUnavailable if PostgreSQL does not answer; the row may stand all the same.
   */
  async register(mobile: Mobile): Promise<User | undefined> {
    const user = new User(mobile);
    try {
      await this.database.use((em) => em.insert(user));
      return user;
    } catch (error) {
      if (error instanceof UniqueConstraintViolationException) return undefined;
      throw error;
    }
  }
}
