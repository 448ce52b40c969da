// The wiring: makes every object once, in the order in which they need each other; `stop` closes them in reverse.

import 'reflect-metadata';
import { createSecretKey, randomBytes } from 'node:crypto';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Logger } from 'pino';
import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import { CaptchaService } from './captcha/captcha.service.ts';
import { CaptchaStore } from './captcha/captcha.store.ts';
import type { Config } from './config.ts';
import { observeOperations } from './graphql/observe-operations.ts';
import { createSchema } from './graphql/schema.ts';
import { startServer } from './graphql/server.ts';
import { databaseContent } from './mikro-orm.config.ts';
import { isDatabaseOutage } from './platform/database.ts';
import { guard } from './platform/guard.ts';
import { type DependencyName, Metrics } from './platform/metrics.ts';
import { openDatabase, prepareSchema } from './platform/open-database.ts';
import { openRedis } from './platform/open-redis.ts';
import { OutageLog } from './platform/outage-log.ts';
import { RateLimitStore, rateLimitScripts } from './rate-limit/rate-limit.store.ts';
import { resolvers } from './resolvers.ts';
import type { Dependency } from './shared/dependency.ts';
import { createKeyedHash } from './shared/keyed-hash.ts';
import { maskMobile } from './shared/mobile.ts';
import type { RedisDependency } from './shared/redis-client.ts';
import { ObservedSmsSender, type ObserveText } from './sms/observed-sms-sender.ts';
import { startSmsSender } from './sms/sms-providers.ts';
import type { SmsSender } from './sms/sms-sender.ts';
import { UserRepository } from './user/user.repository.ts';
import { SmsCodeStore, smsCodeScripts } from './verification/sms-code.store.ts';
import { VerificationResolver } from './verification/verification.resolver.ts';
import { VerificationService } from './verification/verification.service.ts';

export interface AppSurroundings {
  readonly logger: Logger;
  /** Where the embedded database lives. */
  readonly dataDirectory: string;
  /** Shows one line to the person at the terminal. */
  readonly print: (line: string) => void;
  /** In place of the provider that the settings name. */
  readonly sms?: SmsSender;
}

export interface App {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A call to Redis or PostgreSQL that takes longer than this is answered with `ServiceUnavailableError`. */
const DEPENDENCY_TIMEOUT_MS = 1000;

type OnStop = (close: () => Promise<void>) => void;

export async function startApp(config: Config, surroundings: AppSurroundings): Promise<App> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const close of closers.toReversed()) await close().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  };
  try {
    const url = await wire(config, surroundings, (close) => closers.push(close));
    return { url, stop };
  } catch (error) {
    // The failure to start is what has to be told.
    await stop().catch(() => {});
    throw error;
  }
}

async function wire(config: Config, surroundings: AppSurroundings, onStop: OnStop): Promise<string> {
  const metrics = new Metrics();
  const connections = await openConnections(config, surroundings, metrics, onStop);
  const instances = createFeatures(config, connections);

  const schema = createSchema(resolvers, { get: (resolver) => instances.get(resolver) });
  observeOperations(schema, (operation, outcome, seconds) => {
    metrics.countRequest(operation, outcome, seconds);
    surroundings.logger.debug({ operation, outcome, seconds }, 'answered');
  });

  const { redis, database } = connections;
  const server = await startServer(config.http, {
    schema,
    probes: {
      dependencies: {
        redis: () => redis.use((client) => client.ping()),
        postgresql: () => database.use((em) => em.execute('select 1')),
      },
      metrics: () => metrics.exposition(),
    },
    logFault: (requestId, error) => surroundings.logger.error({ requestId, err: error }, 'fault'),
  });
  onStop(server.stop);
  return server.url;
}

interface Connections {
  readonly database: Dependency<SqlEntityManager>;
  readonly redis: RedisDependency;
  readonly sms: SmsSender;
}

async function openConnections(
  config: Config,
  { logger, dataDirectory, print, sms }: AppSurroundings,
  metrics: Metrics,
  onStop: OnStop,
): Promise<Connections> {
  const outages = new OutageLog(logger);
  const observed = (name: DependencyName) => ({
    name,
    timeoutMs: DEPENDENCY_TIMEOUT_MS,
    observe(seconds: number, outage: unknown) {
      metrics.observeDependency(name, seconds);
      if (outage !== undefined) metrics.countOutage(name);
      outages.note(name, outage);
    },
  });

  const database = await openDatabase(config.databaseUrl, databaseContent, dataDirectory);
  onStop(database.close);
  await prepareSchema(database);

  const scripts = { ...rateLimitScripts, ...smsCodeScripts };
  const noteRedis = (error: Error) => outages.note('redis', error);
  const redis = await openRedis(config.redisUrl, scripts, DEPENDENCY_TIMEOUT_MS, noteRedis);
  onStop(redis.close);

  const sender = new ObservedSmsSender(
    sms ?? (await startSmsSender(config.sms, print)),
    observeText(metrics, logger),
  );
  onStop(() => sender.close());

  return {
    database: guard(() => database.orm.em.fork(), { ...observed('postgresql'), isOutage: isDatabaseOutage }),
    // Whatever Redis says instead of an answer: nothing was counted that a check could rely on.
    redis: guard(() => redis.client, { ...observed('redis'), isOutage: () => true }),
    sms: sender,
  };
}

/** The features, from the stores up; what a resolver class stands for is looked up here. */
function createFeatures(config: Config, { database, redis, sms }: Connections): Map<unknown, unknown> {
  const codeSecret = createSecretKey(config.codeSecret ?? randomBytes(32));
  const hash = createKeyedHash(codeSecret);
  const rateLimit = new RateLimitStore(redis);
  const users = new UserRepository(database);
  const captchaStore = new CaptchaStore(redis, config.captcha.ttlSeconds);
  const captchas = new CaptchaService(captchaStore, rateLimit, hash, config.captcha);
  const codes = new SmsCodeStore(redis, hash, config.smsCodeTtlSeconds);
  const limits = config.sendLimits;
  const verification = new VerificationService({
    captchas,
    rateLimit,
    users,
    codes,
    sms,
    hash,
    codeSecret,
    limits,
  });
  return new Map<unknown, unknown>([
    [CaptchaResolver, new CaptchaResolver(captchas)],
    [VerificationResolver, new VerificationResolver(verification)],
  ]);
}

function observeText(metrics: Metrics, logger: Logger): ObserveText {
  return (outcome, mobile, seconds) => {
    metrics.observeDependency('sms_gateway', seconds);
    metrics.countText(outcome.kind);
    const facts = { mobile: maskMobile(mobile), seconds, ...outcome };
    if (outcome.kind === 'sent') logger.info(facts, 'text sent');
    else logger.warn(facts, 'text not sent');
  };
}
