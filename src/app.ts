// The wiring: makes every object once, in the order in which they need each other; `stop` closes them in reverse.

import 'reflect-metadata';
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import { CaptchaService } from './captcha/captcha.service.ts';
import { CaptchaStore } from './captcha/captcha.store.ts';
import { CAPTCHA_ALPHABET } from './captcha/captcha-text.ts';
import { letterOutlines } from './captcha/rendering/fonts.ts';
import { createGlyphs } from './captcha/rendering/glyphs.ts';
import { type Audit, createAudit } from './common/audit.ts';
import { createKeyedHash, type KeyedHash } from './common/keyed-hash.ts';
import type { Config } from './config/load-config.ts';
import { type AppDependencies, type Connections, type OnStop, openConnections } from './connections.ts';
import { instrumentOperations } from './graphql/instrument-operations.ts';
import { createSchema } from './graphql/schema.ts';
import { startServer } from './http/server.ts';
import { storedPrivateKey } from './infrastructure/embedded/token-key-file.ts';
import { Metrics } from './observability/metrics.ts';
import { RateLimitStore } from './rate-limiting/rate-limit.store.ts';
import { resolvers } from './resolvers.ts';
import { UserRepository } from './users/user.repository.ts';
import { SmsCodeStore } from './verification/codes/sms-code.store.ts';
import { SmsCodeAttemptStore } from './verification/codes/sms-code-attempt.store.ts';
import { IdempotencyService } from './verification/idempotency/idempotency.service.ts';
import { IdempotencyStore } from './verification/idempotency/idempotency.store.ts';
import { RegisterUserService } from './verification/register-user/register-user.service.ts';
import { RequestSmsCodeService } from './verification/request-sms-code/request-sms-code.service.ts';
import { SpentTokenStore } from './verification/tokens/spent-token.store.ts';
import { VerificationTokens } from './verification/tokens/verification-token.ts';
import { VerificationResolver } from './verification/verification.resolver.ts';
import { VerifySmsCodeService } from './verification/verify-sms-code/verify-sms-code.service.ts';

export interface App {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function startApp(config: Config, dependencies: AppDependencies): Promise<App> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const close of closers.toReversed()) await close().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  };
  try {
    const url = await wire(config, dependencies, (close) => closers.push(close));
    return { url, stop };
  } catch (error) {
    // The failure to start is what has to be told.
    await stop().catch(() => {});
    throw error;
  }
}

async function wire(config: Config, dependencies: AppDependencies, onStop: OnStop): Promise<string> {
  const metrics = new Metrics();
  const secrets = await openSecrets(config, dependencies);
  const connections = await openConnections(config, dependencies, metrics, onStop);
  const instances = createFeatures(config, secrets, connections);

  const schema = createSchema(resolvers, { get: (resolver) => instances.get(resolver) });
  instrumentOperations(schema, (operation, outcome, seconds) => {
    metrics.countRequest(operation, outcome, seconds);
    dependencies.logger.debug({ operation, outcome, seconds }, 'answered');
  });

  const { redis, database, sms, phone } = connections;
  const server = await startServer(config.http, {
    schema,
    probes: {
      dependencies: {
        redis: () => redis.use((client) => client.ping()),
        postgresql: () => database.use((em) => em.execute('select 1')),
      },
      states: () => ({ sms_gateway: sms.circuitState }),
      metrics: () => metrics.exposition(),
    },
    jwks: secrets.tokens.jwks,
    pages: {
      ...config.pages,
      directory: dependencies.pagesDirectory,
      phoneTexts: phone && config.pages.phone ? () => phone.texts : undefined,
    },
    finishWork: (atMostMs) => sms.finish(atMostMs),
    logError: (requestId, error) => dependencies.logger.error({ requestId, err: error }, 'fault'),
  });
  onStop(server.stop);
  return server.url;
}

/** What follows from the secrets, and must not follow from anything else. */
interface Secrets {
  readonly codeSecret: KeyObject;
  readonly hash: KeyedHash;
  readonly tokens: VerificationTokens;
  readonly audit: Audit;
}

async function openSecrets(
  { codeSecret: given, token }: Config,
  dependencies: AppDependencies,
): Promise<Secrets> {
  const { logger, dataDirectory } = dependencies;
  const codeSecret = createSecretKey(given ?? randomBytes(32));
  const hash = createKeyedHash(codeSecret);
  const privateKey = token.privateKey ?? storedPrivateKey(dataDirectory);
  const { issuer, audience, otherPublicKeys } = token;
  const tokens = await VerificationTokens.create({ issuer, audience }, privateKey, otherPublicKeys);
  return { codeSecret, hash, tokens, audit: createAudit(hash, (line) => logger.info(line)) };
}

/** The features, from the stores up; what a resolver class stands for is looked up here. */
function createFeatures(
  config: Config,
  { codeSecret, hash, tokens, audit }: Secrets,
  { database, redis, sms }: Connections,
): Map<unknown, unknown> {
  const rateLimit = new RateLimitStore(redis);
  const users = new UserRepository(database);
  const captchaStore = new CaptchaStore(redis, config.captcha.ttlSeconds);
  const glyphs = createGlyphs(letterOutlines(CAPTCHA_ALPHABET));
  const captchas = new CaptchaService(captchaStore, rateLimit, hash, config.captcha, audit, glyphs);
  // a request is known for as long as its captcha lives, and as it takes
  const knownForMs = Math.max(config.captcha.ttlSeconds * 1000, config.requestAtMostMs);
  const idempotencyStore = new IdempotencyStore(redis, hash, knownForMs);
  const requesting = new RequestSmsCodeService({
    idempotency: new IdempotencyService(idempotencyStore, captchas, {
      captchaTtlSeconds: config.captcha.ttlSeconds,
      requestAtMostMs: config.requestAtMostMs,
    }),
    captchas,
    users,
    codes: new SmsCodeStore(redis, hash, config.smsCodeTtlSeconds),
    sms,
    hash,
    codeSecret,
    limits: config.sendLimits,
    conceals: config.concealsRegistered,
    audit,
  });
  const verifying = new VerifySmsCodeService({
    rateLimit,
    users,
    attempts: new SmsCodeAttemptStore(redis, hash),
    tokens,
    hash,
    codeSecret,
    perAddressPerHour: config.verifyPerAddressPerHour,
    audit,
  });
  const registering = new RegisterUserService({
    tokens,
    spentTokens: new SpentTokenStore(redis),
    users,
    audit,
  });
  return new Map<unknown, unknown>([
    [CaptchaResolver, new CaptchaResolver(captchas)],
    [VerificationResolver, new VerificationResolver(requesting, verifying, registering)],
  ]);
}
