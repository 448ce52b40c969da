// What the database holds, for the program and for MikroORM's command line.

import type { SqlOptions } from '@mikro-orm/sql';
import { migrations } from './migrations/migrations.ts';
import { type DatabaseContent, postgresOptions } from './platform/database.ts';
import { User } from './user/user.entity.ts';

export const databaseContent: DatabaseContent = { entities: [User], migrations };

/** Called by the command line alone: the program takes the URL from its Config. */
export default function commandLineOptions(): SqlOptions {
  return postgresOptions(
    process.env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/yanzheng',
    databaseContent,
    'migrations',
  );
}
