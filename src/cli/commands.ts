// What an operator runs besides the server: `migrate`, `seed`, `unlock` and `keys`.

import { createPublicKey, createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedHash } from '../common/keyed-hash.ts';
import { type Mobile, maskMobile, parseMobile } from '../common/phone-number.ts';
import type { Config } from '../config/load-config.ts';
import { guard } from '../infrastructure/dependency-client.ts';
import { newPrivateKeyPem } from '../infrastructure/embedded/token-key-file.ts';
import { isDatabaseOutage } from '../infrastructure/postgres/database-outage.ts';
import { type OpenDatabase, openDatabase } from '../infrastructure/postgres/open-database.ts';
import { pendingMigrations, prepareSchema } from '../infrastructure/postgres/schema-version.ts';
import { openRedis } from '../infrastructure/redis/open-redis.ts';
import { databaseDefinition } from '../mikro-orm.config.ts';
import { UserRepository } from '../users/user.repository.ts';
import { uuidV7 } from '../users/uuid-v7.ts';
import { SmsCodeAttemptStore } from '../verification/codes/sms-code-attempt.store.ts';

/** A command that was called wrongly; the message says how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const INSERT_TIMEOUT_MS = 5000;
const REDIS_TIMEOUT_MS = 5000;
const CODE_SECRET_BYTES = 32;

/** Applies all pending migrations. */
export async function migrate(config: Config, dataDirectory: string): Promise<void> {
  await withDatabase(config, dataDirectory, async (database) => {
    // Fails if the database does not exist. The migrator would create a database with a misspelled name.
    await pendingMigrations(database);
    const applied = await database.orm.migrator.up();
    console.log(
      applied.length > 0 ? applied.map(({ name }) => `applied ${name}`).join('\n') : 'nothing to apply',
    );
  });
}

/** Registers the mobiles given, each unless it is registered already. */
export async function seed(config: Config, dataDirectory: string, words: readonly string[]): Promise<void> {
  if (words.length === 0) throw new UsageError('Which mobiles? npm run seed -- 13800138000 …');
  await withDatabase(config, dataDirectory, async (opened) => {
    await prepareSchema(opened);
    const database = guard(() => opened.orm.em.fork(), {
      name: 'postgresql',
      timeoutMs: INSERT_TIMEOUT_MS,
      isOutage: isDatabaseOutage,
      observe() {},
    });
    const users = new UserRepository(database);
    for (const word of words) console.log(await seedOne(users, word));
  });
}

async function seedOne(users: UserRepository, word: string): Promise<string> {
  const mobile = mobileOf(word);
  const user = await users.register(uuidV7(Date.now(), randomBytes(10)), mobile);
  return user
    ? `registered ${maskMobile(mobile)} as ${user.id}`
    : `${maskMobile(mobile)} is registered already`;
}

/** Forgets the failures at codes of the mobiles given, so that they can be verified again at once. */
export async function unlock(config: Config, words: readonly string[]): Promise<void> {
  if (words.length === 0) throw new UsageError('Which mobiles? npm run unlock -- 13800138000 …');
  const mobiles = words.map(mobileOf);
  const redis = await openRedis(config.redisUrl, {}, REDIS_TIMEOUT_MS, () => {});
  try {
    const dependency = guard(() => redis.client, {
      name: 'redis',
      timeoutMs: REDIS_TIMEOUT_MS,
      isOutage: () => true,
      observe() {},
    });
    const hash = createKeyedHash(createSecretKey(config.codeSecret ?? Buffer.alloc(0)));
    const attempts = new SmsCodeAttemptStore(dependency, hash);
    for (const mobile of mobiles) {
      const had = await attempts.forgive(mobile);
      console.log(`${maskMobile(mobile)} ${had ? 'can be verified again' : 'has no failures'}`);
    }
  } finally {
    await redis.close();
  }
}

/** Prints fresh secrets as lines of a `.env`. */
export function printKeys(): void {
  const privatePem = newPrivateKeyPem();
  const publicPem = createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }) as string;
  console.log(
    [
      '# Fresh secrets: the same for all instances, and for nobody else.',
      `CODE_SECRET=${randomBytes(CODE_SECRET_BYTES).toString('base64')}`,
      `TOKEN_PRIVATE_KEY=${inOneLine(privatePem)}`,
      '# The public half of that key, for the next change of keys.',
      `# TOKEN_PREVIOUS_PUBLIC_KEYS=${inOneLine(publicPem)}`,
    ].join('\n'),
  );
}

function inOneLine(pem: string): string {
  return `"${pem.trim().replaceAll('\n', '\\n')}"`;
}

/** @throws UsageError for what is no mobile. */
function mobileOf(word: string): Mobile {
  const mobile = parseMobile(word);
  if (mobile === undefined) throw new UsageError('That is not a mainland China mobile number.');
  return mobile;
}

async function withDatabase(
  config: Config,
  dataDirectory: string,
  work: (database: OpenDatabase) => Promise<void>,
) {
  const database = await openDatabase(config.databaseUrl, databaseDefinition, dataDirectory, 'migrations');
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
