// What the database holds, for MikroORM.

import type { DatabaseContent } from './infrastructure/postgres/database.ts';
import { migrations } from './users/migrations/migrations.ts';
import { User } from './users/user.entity.ts';

export const databaseContent: DatabaseContent = { entities: [User], migrations };
