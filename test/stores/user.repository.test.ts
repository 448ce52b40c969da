// Users in PostgreSQL, both a server and the embedded one: the unique constraint decides every race.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import type { OpenDatabase } from '../../src/infrastructure/postgres/open-database.ts';
import { User } from '../../src/users/user.entity.ts';
import { UserRepository } from '../../src/users/user.repository.ts';
import { uuidV7 } from '../../src/users/uuid-v7.ts';
import { databaseDependency, openTestDatabase } from '../support/database.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { newMobile } from '../support/store-fixtures.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { templateDatabase } from '../support/template-database.ts';

/** `url` is the URL of a migrated database, or `undefined` for the embedded one. */
function describeUsers(url: () => Promise<string | undefined>): void {
  let database: OpenDatabase;
  let users: UserRepository;
  beforeAll(async () => {
    database = await openTestDatabase(await url());
    users = new UserRepository(databaseDependency(database));
  });
  afterAll(() => database?.close());

  const newId = () => uuidV7(Date.now(), randomBytes(10));

  it('reports a mobile as registered once it has a user', async () => {
    const number = newMobile();
    expect(await users.isRegistered(number)).toBe(false);
    const user = await users.register(newId(), number);
    expect(user).toMatchObject({ mobile: number, registeredAt: expect.any(Date) });
    expect(await users.isRegistered(number)).toBe(true);
  });

  it('stores the user that it returns', async () => {
    const user = await users.register(newId(), newMobile());
    expect(await database.orm.em.fork().findOneOrFail(User, { id: String(user?.id) })).toEqual(user);
  });

  it('registers one of 50 concurrent registrations of a mobile', async () => {
    const number = newMobile();
    const registered = await Promise.all(Array.from({ length: 50 }, () => users.register(newId(), number)));
    expect(registered.filter((user) => user !== undefined)).toHaveLength(1);
    expect(await database.orm.em.fork().count(User, { mobile: number })).toBe(1);
  });

  it('returns the user of the first try to a retry with the same id, and to no other', async () => {
    const [number, ownId] = [newMobile(), newId()];
    const first = await users.register(ownId, number);
    expect(await users.register(ownId, number)).toEqual(first);
    expect(await users.register(newId(), number)).toBeUndefined();
    expect(await users.findId(number)).toBe(ownId);
    expect(await users.findId(newMobile())).toBeUndefined();
  });

  it('has the schema that the entities define', async () => {
    expect(await database.orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  });
}

describeWithPostgres('UserRepository with a PostgreSQL server', () => {
  describeUsers(() => createDatabase({ url: process.env.TEST_POSTGRES_URL ?? '' }, templateDatabase));

  it('throws DependencyUnavailableError for an unreachable database', async () => {
    const database = await openTestDatabase('postgres://user@127.0.0.1:1/database');
    const users = new UserRepository(databaseDependency(database));
    await expect(users.isRegistered(newMobile())).rejects.toThrow(DependencyUnavailableError);
    await database.close();
  });
});

describe('UserRepository with the embedded PostgreSQL', () => describeUsers(async () => undefined));
