// Users in PostgreSQL, the real one and the embedded one: the unique constraint decides every race.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { guard } from '../../src/infrastructure/dependency-client.ts';
import { isDatabaseOutage } from '../../src/infrastructure/postgres/database-outage.ts';
import { type OpenDatabase, openDatabase } from '../../src/infrastructure/postgres/open-database.ts';
import { prepareSchema } from '../../src/infrastructure/postgres/schema-version.ts';
import { databaseDefinition } from '../../src/mikro-orm.config.ts';
import { User } from '../../src/users/user.entity.ts';
import { UserRepository } from '../../src/users/user.repository.ts';
import { uuidV7 } from '../../src/users/uuid-v7.ts';
import { freshMobile } from '../support/api.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase } from '../support/test-app.ts';

function suite(url: () => Promise<string | undefined>): void {
  let directory: string;
  let database: OpenDatabase;
  let users: UserRepository;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'yanzheng-users-'));
    const databaseUrl = await url();
    database = await openDatabase(databaseUrl, databaseDefinition, directory);
    if (databaseUrl === undefined) await prepareSchema(database);
    users = new UserRepository(
      guard(() => database.orm.em.fork(), {
        name: 'postgresql',
        timeoutMs: 15_000,
        isOutage: isDatabaseOutage,
        observe() {},
      }),
    );
  });
  afterAll(async () => {
    await database?.close();
    await rm(directory, { recursive: true });
  });

  const mobile = () => parseMobile(freshMobile()) as Mobile;
  const id = () => uuidV7(Date.now(), randomBytes(10));

  it('knows a mobile once it is registered', async () => {
    const number = mobile();
    expect(await users.isRegistered(number)).toBe(false);
    const user = await users.register(id(), number);
    expect(user).toMatchObject({ mobile: number, registeredAt: expect.any(Date) });
    expect(await users.isRegistered(number)).toBe(true);
  });

  it('keeps what it returned', async () => {
    const user = await users.register(id(), mobile());
    expect(await database.orm.em.fork().findOneOrFail(User, { id: String(user?.id) })).toEqual(user);
  });

  it('registers a mobile once, of 50 at once', async () => {
    const number = mobile();
    const registered = await Promise.all(Array.from({ length: 50 }, () => users.register(id(), number)));
    expect(registered.filter((user) => user !== undefined)).toHaveLength(1);
    expect(await database.orm.em.fork().count(User, { mobile: number })).toBe(1);
  });

  it('gives the user of the first try to a second one with the same id, and to no other', async () => {
    const [number, own] = [mobile(), id()];
    const first = await users.register(own, number);
    expect(await users.register(own, number)).toEqual(first);
    expect(await users.register(id(), number)).toBeUndefined();
    expect(await users.getId(number)).toBe(own);
    expect(await users.getId(mobile())).toBeUndefined();
  });

  it('has a schema that the migrations make completely', async () => {
    expect(await database.orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  });
}

describeWithPostgres('users in PostgreSQL', () => {
  suite(createTestDatabase);

  it('calls an unreachable database unavailable', async () => {
    const database = await openDatabase('postgres://nobody@127.0.0.1:1/none', databaseDefinition, '');
    const users = new UserRepository(
      guard(() => database.orm.em.fork(), {
        name: 'postgresql',
        timeoutMs: 5000,
        isOutage: isDatabaseOutage,
        observe() {},
      }),
    );
    await expect(users.isRegistered(parseMobile(freshMobile()) as Mobile)).rejects.toThrow(
      DependencyUnavailableError,
    );
    await database.close();
  });
});

describe('users in the embedded PostgreSQL', () => suite(async () => undefined));
