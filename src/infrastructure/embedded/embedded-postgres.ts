// PostgreSQL 18 in this very process (PGlite), in a directory: for a first look, never for production.

import { PgliteDriver } from '@mikro-orm/pglite';
import type { SqlOptions } from '@mikro-orm/sql';
import { type DatabaseContent, databaseOptions } from '../postgres/database.ts';

export function embeddedPostgresOptions(directory: string, content: DatabaseContent): SqlOptions {
  return { ...databaseOptions(content), driver: PgliteDriver, dbName: directory };
}
