// The composition root: creates every object once, in the order of their dependencies, and stops them in reverse.

import 'reflect-metadata';
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Logger } from 'pino';
import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import { CaptchaService } from './captcha/captcha.service.ts';
import { CaptchaStore } from './captcha/captcha.store.ts';
import { CAPTCHA_ALPHABET } from './captcha/captcha-text.ts';
import { letterOutlines } from './captcha/rendering/fonts.ts';
import { createGlyphs } from './captcha/rendering/glyphs.ts';
import type { Audit } from './common/audit.ts';
import type { Dependency } from './common/dependency.ts';
import { createKeyedHash, type KeyedHash } from './common/keyed-hash.ts';
import { RedisKeys } from './common/redis/keys.ts';
import type { RedisClient, RedisDependency } from './common/redis/redis-client.ts';
import { withTimeBudget } from './common/time-budget.ts';
import { noTracing, type Tracing } from './common/tracing.ts';
import type { Config } from './config/load-config.ts';
import {
  IDLE_LOT_AFTER_MS,
  RETURN_LOT_TIMEOUT_MS,
  STORE_CALL_TIMEOUT_MS,
  sendRequestTimeoutMs,
} from './config/time-budgets.ts';
import { databaseDefinition } from './database-definition.ts';
import { createApollo } from './graphql/apollo.ts';
import { instrumentOperations } from './graphql/instrument-operations.ts';
import { createSchema } from './graphql/schema.ts';
import { GuardService } from './guard/guard.service.ts';
import { GuardStore } from './guard/guard.store.ts';
import { LANE_WINDOWS, LANES } from './guard/lane.ts';
import type { Page } from './http/routes/pages.ts';
import { startServer } from './http/server.ts';
import { createDependencyClient } from './infrastructure/dependency-client.ts';
import { storedPrivateKey } from './infrastructure/embedded/token-key-file.ts';
import { isDatabaseOutage } from './infrastructure/postgres/database-outage.ts';
import { openDatabase } from './infrastructure/postgres/open-database.ts';
import { prepareSchema } from './infrastructure/postgres/schema-version.ts';
import { isRedisOutage } from './infrastructure/redis/connect-redis.ts';
import { checkEvictionPolicy } from './infrastructure/redis/eviction-policy.ts';
import { openRedis } from './infrastructure/redis/open-redis.ts';
import { createAudit } from './observability/audit.ts';
import { type DependencyName, Metrics, type ObservableLaneWindow } from './observability/metrics.ts';
import { OutageLog } from './observability/outage-log.ts';
import { RateLimits } from './rate-limiting/limits.ts';
import { RateLimitStore } from './rate-limiting/rate-limit.store.ts';
import { type RedisScripts, redisScripts } from './redis-scripts.ts';
import { resolvers } from './resolvers.ts';
import { SpendCapService } from './spend-cap/spend-cap.service.ts';
import { type Sms, startSms } from './start-sms.ts';
import { UserRepository } from './users/user.repository.ts';
import { SmsCodeStore } from './verification/codes/sms-code.store.ts';
import { SmsCodeAttemptStore } from './verification/codes/sms-code-attempt.store.ts';
import { IdempotencyService } from './verification/idempotency/idempotency.service.ts';
import { IdempotencyStore } from './verification/idempotency/idempotency.store.ts';
import { RegisterUserResolver } from './verification/register-user/register-user.resolver.ts';
import { RegisterUserService } from './verification/register-user/register-user.service.ts';
import { RequestSmsCodeResolver } from './verification/request-sms-code/request-sms-code.resolver.ts';
import { RequestSmsCodeService } from './verification/request-sms-code/request-sms-code.service.ts';
import { SmsCodeSender } from './verification/request-sms-code/sms-code-sender.service.ts';
import { SmsDeliveryResolver } from './verification/sms-delivery/sms-delivery.resolver.ts';
import { SmsDeliveryQueryService } from './verification/sms-delivery/sms-delivery-query.service.ts';
import { TestMobiles } from './verification/test-mobiles/test-mobiles.ts';
import { SpentTokenStore } from './verification/tokens/spent-token.store.ts';
import { VerificationTokens } from './verification/tokens/verification-token.ts';
import { CODE_SECRET_MIN_BYTES } from './verification/verification.settings.ts';
import { VerifySmsCodeResolver } from './verification/verify-sms-code/verify-sms-code.resolver.ts';
import { VerifySmsCodeService } from './verification/verify-sms-code/verify-sms-code.service.ts';

export interface AppDependencies {
  readonly logger: Logger;
  /** Of Yanzheng, for the metrics. */
  readonly version: string;
  /** Absent: traces are off. */
  readonly tracing?: Tracing;
  /** The directory of the embedded database and of generated keys. */
  readonly dataDirectory: string;
  /** The build directory of web/. */
  readonly pagesDirectory: string;
  /** Shows one line to the person at the terminal. */
  readonly print: (line: string) => void;
}

export interface App {
  readonly url: string;
  readonly metricsUrl: string;
  /** The pages that are served. */
  readonly pages: readonly Page[];
  readonly stop: () => Promise<void>;
}

/** Registers a function that `stop` calls, the last one first. */
type OnStop = (close: () => Promise<void>) => void;

/**
 * Starts the service.
 * @returns when it listens. `stop` shuts it down gracefully, and rejects with an AggregateError if a connection cannot be closed.
 * @throws the errors of main.ts that an operator can fix; what was opened before is closed.
 */
export async function startApp(config: Config, dependencies: AppDependencies): Promise<App> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    const errors: unknown[] = [];
    for (const close of closers.toReversed()) await close().catch((error) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, 'some dependencies could not be closed');
  };
  try {
    const server = await compose(config, dependencies, (close) => closers.push(close));
    return { url: server.url, metricsUrl: server.metricsUrl, pages: server.pages, stop };
  } catch (error) {
    // Report the error of the start, not errors of closing after it.
    await stop().catch(() => {});
    throw error;
  }
}

/**
 * Stops happen in the reverse order: first the server with its drain, everything in flight and the background sends, then
 * the SMS provider, the lot of the daily cap, Redis and PostgreSQL.
 */
async function compose(config: Config, dependencies: AppDependencies, onStop: OnStop) {
  const { logger, pagesDirectory } = dependencies;
  const metrics = new Metrics(dependencies.version);
  const secrets = await loadSecrets(config, dependencies, metrics);
  const stores = await openStores(config, dependencies, metrics, onStop);
  const spendCap = startSpendCap(config, stores.database, logger, onStop);
  metrics.watchSpendCap(spendCap);
  const { redis } = stores;
  const { hash, audit } = secrets;
  const keys = new RedisKeys(hash);
  const { print, tracing = noTracing } = dependencies;
  const sms = await startSms(config, {
    redis,
    keys,
    hash,
    metrics,
    logger,
    audit,
    print,
    countsConversion: true,
    tracing,
  });
  onStop(sms.close);
  const { instances, sender } = createFeatures(config, secrets, stores, keys, spendCap, sms, metrics);
  const testMobiles = config.testMobiles.mobiles.length;
  if (testMobiles > 0) logger.warn({ testMobiles }, 'test mobiles get no SMS and have codes of their own');

  const schema = createSchema(resolvers, { get: (resolver) => instances.get(resolver) });
  instrumentOperations(
    schema,
    (operation, outcome, seconds) => {
      metrics.observeOperation(operation, outcome, seconds);
      logger.debug({ operation, outcome, seconds }, 'operation completed');
    },
    tracing,
  );
  const logError = (requestId: string, error: unknown) =>
    logger.error({ requestId, err: error }, 'internal error');

  const { phone } = sms;
  const server = await startServer(config.http, {
    apollo: createApollo(schema, logError),
    health: {
      dependencies: {
        redis: () => stores.redis.use((client) => client.ping()),
        postgresql: () => stores.database.use((em) => em.execute('select 1')),
      },
      haveAllAnswered: stores.haveAnswered,
      circuitBreakers: sms.circuits,
      providerFaults: sms.faults,
    },
    metrics: () => metrics.render(),
    jwks: secrets.tokens.jwks,
    pages: {
      directory: pagesDirectory,
      demo: config.pages.demo,
      playground: config.pages.playground,
      phoneMessages: config.pages.phone && phone ? () => phone.messages : undefined,
    },
    reports: sms.reports,
    drainBackgroundWork: (timeoutMs) => sender.drain(timeoutMs),
    logError,
    onIgnoredProxy: () => {
      const advice =
        'Behind a proxy all clients share its rate limits. Set the setting to the addresses of the proxy.';
      if (config.production)
        logger.warn({ advice }, 'a request has X-Forwarded-For, but TRUSTED_PROXIES is empty');
    },
  });
  onStop(server.stop);
  return server;
}

/** The secrets and what is derived from them. */
interface Secrets {
  readonly codeSecret: KeyObject;
  readonly hash: KeyedHash;
  readonly tokens: VerificationTokens;
  readonly audit: Audit;
}

async function loadSecrets(
  { codeSecret: configured, token }: Config,
  { logger, dataDirectory }: AppDependencies,
  metrics: Metrics,
): Promise<Secrets> {
  const codeSecret = createSecretKey(configured ?? randomBytes(CODE_SECRET_MIN_BYTES));
  const hash = createKeyedHash(codeSecret);
  const privateKey = token.privateKey ?? storedPrivateKey(dataDirectory);
  const { issuer, audience, otherPublicKeys } = token;
  const tokens = await VerificationTokens.create({ issuer, audience }, privateKey, otherPublicKeys);
  const audit = createAudit(
    hash,
    (line, level) => logger[level](line),
    (event, facts) => metrics.countEvent(event, facts),
  );
  return { codeSecret, hash, tokens, audit };
}

interface Stores {
  readonly database: Dependency<SqlEntityManager>;
  readonly redis: RedisDependency<RedisScripts>;
  /** Whether both have answered at least once. */
  readonly haveAnswered: () => boolean;
}

async function openStores(
  config: Config,
  { logger, dataDirectory, tracing }: AppDependencies,
  metrics: Metrics,
  onStop: OnStop,
): Promise<Stores> {
  const outages = new OutageLog(logger);
  let hasRedisAnswered = false;
  const instrumented = (name: DependencyName) => ({
    name,
    timeoutMs: STORE_CALL_TIMEOUT_MS,
    observe(seconds: number, outage: unknown) {
      metrics.observeDependency(name, seconds, outage);
      outages.record(name, outage);
      if (name === 'redis' && outage === undefined) hasRedisAnswered = true;
    },
    around:
      tracing &&
      (<T>(call: () => Promise<T>) =>
        tracing.run({ name, kind: 'client', attributes: { 'db.system.name': name } }, call)),
  });

  const database = await openDatabase(config.databaseUrl, databaseDefinition, dataDirectory);
  onStop(database.close);
  await prepareSchema(database);

  const redis = await openRedis({
    url: config.redisUrl,
    scripts: redisScripts,
    connectTimeoutMs: STORE_CALL_TIMEOUT_MS,
    onError: (error) => outages.record('redis', error),
  });
  onStop(redis.close);
  hasRedisAnswered = redis.client.status === 'ready';
  // The embedded Redis has no limit of memory.
  if (config.redisUrl !== undefined) await checkMemoryOfRedis(redis.client, config, logger);

  return {
    database: createDependencyClient(() => database.orm.em, {
      ...instrumented('postgresql'),
      isOutage: isDatabaseOutage,
    }),
    redis: createDependencyClient(() => redis.client, { ...instrumented('redis'), isOutage: isRedisOutage }),
    // PostgreSQL has answered with the version of its schema.
    haveAnswered: () => hasRedisAnswered,
  };
}

/** Production does not start with a Redis that evicts rate limits. A Redis that connects later can only be reported. */
function checkMemoryOfRedis(client: RedisClient, { production }: Config, logger: Logger): Promise<void> {
  const level = production ? 'error' : 'warn';
  return checkEvictionPolicy(client, {
    isRequired: production,
    log: {
      unsafe: (facts) => logger[level](facts, 'Redis evicts rate limits when its memory is full'),
      unreadable: (facts) => logger.warn(facts, 'maxmemory-policy of Redis is unknown'),
    },
  });
}

/** Returns the lot when it is idle, and at the stop, when the last send has its outcome. */
function startSpendCap(
  { smsPerDay }: Config,
  database: Stores['database'],
  logger: Logger,
  onStop: OnStop,
): SpendCapService {
  const spendCap = new SpendCapService(database, smsPerDay);
  const returning = async (call: () => Promise<void>) => {
    const sends = spendCap.lotRemaining;
    await withTimeBudget(RETURN_LOT_TIMEOUT_MS, call).catch((err) =>
      logger.warn({ sends, err }, 'the rest of the lot is lost for the day'),
    );
  };
  const timer = setInterval(() => returning(() => spendCap.returnIdleLot()), IDLE_LOT_AFTER_MS);
  onStop(async () => {
    clearInterval(timer);
    await returning(() => spendCap.returnLot());
  });
  return spendCap;
}

/** Creates the features, from the stores up. Returns the instance of each resolver class, and the sender of codes. */
function createFeatures(
  config: Config,
  { codeSecret, hash, tokens, audit }: Secrets,
  { database, redis }: Stores,
  keys: RedisKeys,
  spendCap: SpendCapService,
  sms: Sms,
  metrics: Metrics,
) {
  const rateLimits = new RateLimits(keys, config.rateLimits);
  const rateLimitStore = new RateLimitStore(redis);
  const users = new UserRepository(database);
  const guard = createGuard(config, { codeSecret, hash, tokens, audit }, redis, keys, metrics);
  const captchas = new CaptchaService({
    captchas: new CaptchaStore(redis, keys, config.captchaTtlSeconds),
    rateLimits,
    rateLimitStore,
    glyphs: createGlyphs(letterOutlines(CAPTCHA_ALPHABET)),
    ttlSeconds: config.captchaTtlSeconds,
    pressure: (clientAddress) => guard.pressure(clientAddress),
    audit,
  });
  const testMobiles = new TestMobiles(config.testMobiles);
  const { deliveries, deliveryIds } = sms;
  const sender = new SmsCodeSender({ sms: sms.delivery, deliveries, testMobiles, codeSecret, audit });
  const requestSmsCode = new RequestSmsCodeService({
    idempotency: createIdempotency(config, redis, rateLimitStore, sms),
    captchas,
    users,
    codes: new SmsCodeStore(redis, keys, config.codeTtlSeconds),
    guard,
    spendCap,
    sender,
    deliveryIds,
    deliveries,
    keys,
    rateLimits,
    resendAfterSeconds: config.resendAfterSeconds,
    enumerationProtection: config.enumerationProtection,
    audit,
  });
  const verifySmsCode = new VerifySmsCodeService({
    rateLimits,
    rateLimitStore,
    users,
    attempts: new SmsCodeAttemptStore(redis, keys),
    verifiedSms: sms.verified,
    guard,
    testMobiles,
    tokens,
    codeSecret,
    audit,
  });
  const spentTokens = new SpentTokenStore(redis, keys);
  const registerUser = new RegisterUserService({ tokens, spentTokens, users, audit });
  const smsDelivery = new SmsDeliveryQueryService({
    rateLimits,
    rateLimitStore,
    deliveryIds,
    deliveries,
    enumerationProtection: config.enumerationProtection,
    audit,
  });
  const instances: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
    [CaptchaResolver, new CaptchaResolver(captchas)],
    [SmsDeliveryResolver, new SmsDeliveryResolver(smsDelivery)],
    [RequestSmsCodeResolver, new RequestSmsCodeResolver(requestSmsCode)],
    [VerifySmsCodeResolver, new VerifySmsCodeResolver(verifySmsCode)],
    [RegisterUserResolver, new RegisterUserResolver(registerUser)],
  ]);
  return { instances, sender };
}

/** The gauges keep their last values while Redis is unavailable. */
async function readLevels(store: GuardStore): Promise<ObservableLaneWindow[]> {
  const lanes = await Promise.all(
    LANES.map(async (lane) => {
      const { levels } = await store.read(lane);
      return LANE_WINDOWS.map((window) => ({ lane, window, ...levels[window] }));
    }),
  ).catch(() => []);
  return lanes.flat();
}

function createGuard(
  { guard: { mode, lines, allowed } }: Config,
  { hash, audit }: Secrets,
  redis: Stores['redis'],
  keys: RedisKeys,
  metrics: Metrics,
): GuardService {
  const store = new GuardStore(redis, keys, lines);
  if (mode !== 'off') metrics.watchGuard(() => readLevels(store));
  return new GuardService({ store, hash, mode, allowed, audit, observe: metrics.guardObserver(mode) });
}

/** A claim lives as long as the captcha of its request, and at least as long as the request can take. */
function createIdempotency(
  config: Config,
  redis: Stores['redis'],
  rateLimitStore: RateLimitStore,
  sms: Sms,
): IdempotencyService {
  const executionTimeoutMs = sendRequestTimeoutMs(sms.timeoutMs);
  const claimTtlMs = Math.max(config.captchaTtlSeconds * 1000, executionTimeoutMs);
  return new IdempotencyService(new IdempotencyStore(redis, claimTtlMs), rateLimitStore, {
    responseTtlSeconds: config.captchaTtlSeconds,
    executionTimeoutMs,
  });
}
