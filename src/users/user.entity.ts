// A registered user: one row of the table `users`.

import { Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { Mobile } from '../common/phone-number.ts';

@Entity({ tableName: 'users' })
export class User {
  /**
   * UUID version 7. Other systems see this id: a sequence would disclose the number of users. Its time order keeps the
   * index as compact as a sequence does.
   */
  @PrimaryKey({ type: 'uuid' })
  readonly id: string;

  /** E.164. The unique constraint decides a race of two registrations. */
  @Unique()
  @Property({ type: 'string', length: 16 })
  readonly mobile: Mobile;

  @Property({ type: 'datetime', columnType: 'timestamptz(3)' })
  readonly registeredAt: Date;

  constructor(id: string, mobile: Mobile) {
    this.id = id;
    this.mobile = mobile;
    this.registeredAt = new Date();
  }
}
