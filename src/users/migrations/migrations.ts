// All migrations in their order: named here, since the compiled program reads no folder.

import { Migration20261122000000Users } from './migration-20261122000000-users.ts';

export const migrations = [{ name: 'Migration20261122000000Users', class: Migration20261122000000Users }];
