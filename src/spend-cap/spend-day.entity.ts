// The SMS of one day: one row of the table `spend_days`.

import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

@Entity({ tableName: 'spend_days' })
export class SpendDay {
  /** The calendar day in China. */
  @PrimaryKey({ type: 'date' })
  readonly day!: string;

  /** The SMS that processes have leased and not returned. Never above the cap, unless the cap was lowered. */
  @Property({ type: 'integer' })
  readonly leased!: number;

  /** The size of the latest lot. An UPDATE can return only new values, and so this column returns the lot. */
  @Property({ type: 'integer' })
  readonly latestLot!: number;
}
