// The migrations, oldest first. `npm run mikro-orm -- migration:create` adds each new one.

export { Migration20261122000000Users } from './migration-20261122000000-users.ts';
export { Migration20261125000000SpendDays } from './migration-20261125000000-spend-days.ts';
