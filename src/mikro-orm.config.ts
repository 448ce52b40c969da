// What the database holds, for MikroORM.

import { migrations } from './migrations/migrations.ts';
import type { DatabaseContent } from './platform/database.ts';
import { User } from './user/user.entity.ts';

export const databaseContent: DatabaseContent = { entities: [User], migrations };
