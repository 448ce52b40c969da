// Registered users in PostgreSQL.

import { UniqueConstraintViolationException } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../common/dependency.ts';
import type { Mobile } from '../common/phone-number.ts';
import { User } from './user.entity.ts';

export class UserRepository {
  constructor(private readonly database: Dependency<SqlEntityManager>) {}

  /** @throws DependencyUnavailableError if PostgreSQL does not answer. */
  async isRegistered(mobile: Mobile): Promise<boolean> {
    return (await this.getId(mobile)) !== undefined;
  }

  /**
   * @returns the id of the user who has the mobile, `undefined` if nobody has.
   * @throws DependencyUnavailableError if PostgreSQL does not answer.
   */
  async getId(mobile: Mobile): Promise<string | undefined> {
    // Plain SQL: every request asks this, and a query of entities costs four times the processor for the same answer.
    const found = await this.database.use((em) =>
      em.getConnection().execute<{ id: string }[]>('select id from users where mobile = ?', [mobile]),
    );
    return found[0]?.id;
  }

  /**
   * Inserts a user; of two at once for one mobile the unique constraint lets one pass. Who tries again with the same id,
   * not knowing what became of the first try, gets the user of the first.
   * @returns `undefined` if somebody else has the mobile.
   * @throws DependencyUnavailableError if PostgreSQL does not answer; the row may stand all the same.
   */
  async register(id: string, mobile: Mobile): Promise<User | undefined> {
    const user = new User(id, mobile);
    try {
      await this.database.use((em) => em.insert(user));
      return user;
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      return (await this.database.use((em) => em.findOne(User, { id, mobile }))) ?? undefined;
    }
  }
}
