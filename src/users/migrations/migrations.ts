// The migrations, oldest first. `npm run mikro-orm -- migration:create` adds each new one.

export { Migration20261122000000Users } from './migration-20261122000000-users.ts';
