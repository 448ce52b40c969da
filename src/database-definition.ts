// The tables of the database: the entities and migrations of the features.

import type { DatabaseDefinition } from './infrastructure/postgres/mikro-orm-options.ts';
import * as migrations from './migrations/migrations.ts';
import { SpendDay } from './spend-cap/spend-day.entity.ts';
import { User } from './users/user.entity.ts';

export const databaseDefinition: DatabaseDefinition = {
  entities: [SpendDay, User],
  // The names of a module's exports are sorted, and the names of migrations begin with their time.
  migrations: Object.entries(migrations).map(([name, migration]) => ({ name, class: migration })),
};
