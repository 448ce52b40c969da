// A registered mobile, a row of the table `users`.

import { randomBytes } from 'node:crypto';
import { Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { Mobile } from '../shared/mobile.ts';
import { uuidV7 } from './uuid-v7.ts';

@Entity({ tableName: 'users' })
export class User {
  /**
   * A UUID v7: it goes to other systems, where a counting number would tell everybody how many users there are;
   * being ordered by time it costs the index no more than one.
   */
  @PrimaryKey({ type: 'uuid' })
  readonly id: string;

  /** E.164; it decides who wins a race of two registrations. */
  @Unique()
  @Property({ type: 'string', length: 16 })
  readonly mobile: string;

  @Property({ type: 'datetime', columnType: 'timestamptz(3)' })
  readonly registeredAt: Date;

  constructor(mobile: Mobile) {
    const now = new Date();
    this.id = uuidV7(now.getTime(), randomBytes(10));
    this.mobile = mobile;
    this.registeredAt = now;
  }
}
