// Registered users in PostgreSQL.

import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../shared/dependency.ts';
import type { Mobile } from '../shared/mobile.ts';
import { User } from './user.entity.ts';

export class UserRepository {
  constructor(private readonly database: Dependency<SqlEntityManager>) {}

  /** @throws DependencyUnavailable if PostgreSQL does not answer. */
  async isRegistered(mobile: Mobile): Promise<boolean> {
    // Plain SQL: every request asks this, and a query of entities costs four times the processor for the same answer.
    const found = await this.database.use((em) =>
      em.getConnection().execute('select 1 from users where mobile = ?', [mobile]),
    );
    return found.length > 0;
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
