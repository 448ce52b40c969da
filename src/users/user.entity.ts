// A registered mobile: a row of the table `users`, and the type `User` of the schema.

import { Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, GraphQLISODateTime, ID, ObjectType } from 'type-graphql';
import type { Mobile } from '../common/phone-number.ts';

@Entity({ tableName: 'users' })
@ObjectType({ description: 'Somebody who proved to have a mobile and registered it.' })
export class User {
  /**
   * A UUID v7: it goes to other systems, where a counting number would tell everybody how many users there are;
   * being ordered by time it costs the index no more than one.
   */
  @PrimaryKey({ type: 'uuid' })
  @Field(() => ID, { description: 'Names the user for good; the `sub` of their `LOGIN` tokens.' })
  readonly id: string;

  /** E.164; it decides who wins a race of two registrations. */
  @Unique()
  @Property({ type: 'string', length: 16 })
  @Field(() => String, { description: 'The mobile in E.164 form: `+8613800138000`.' })
  readonly mobile: Mobile;

  @Property({ type: 'datetime', columnType: 'timestamptz(3)' })
  @Field(() => GraphQLISODateTime, { description: 'When it was registered, to the millisecond.' })
  readonly registeredAt: Date;

  constructor(id: string, mobile: Mobile) {
    this.id = id;
    this.mobile = mobile;
    this.registeredAt = new Date();
  }
}
