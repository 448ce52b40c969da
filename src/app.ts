// The wiring: makes every object once, in the order in which they need each other; `stop` closes them in reverse.

import 'reflect-metadata';
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { CaptchaResolver } from './captcha/captcha.resolver.ts';
import { CaptchaService } from './captcha/captcha.service.ts';
import { CaptchaStore } from './captcha/captcha.store.ts';
import { createGlyphs } from './captcha/captcha-glyphs.ts';
import { CAPTCHA_ALPHABET } from './captcha/captcha-text.ts';
import type { Config } from './config.ts';
import { type AppSurroundings, type Connections, type OnStop, openConnections } from './connections.ts';
import { observeOperations } from './graphql/observe-operations.ts';
import { createSchema } from './graphql/schema.ts';
import { startServer } from './graphql/server.ts';
import { letterOutlines } from './platform/fonts.ts';
import { Metrics } from './platform/metrics.ts';
import { keptPrivateKey } from './platform/token-key.ts';
import { RateLimitStore } from './rate-limit/rate-limit.store.ts';
import { resolvers } from './resolvers.ts';
import { type Audit, createAudit } from './shared/audit.ts';
import { createKeyedHash, type KeyedHash } from './shared/keyed-hash.ts';
import { UserRepository } from './user/user.repository.ts';
import { FirstAnswerService } from './verification/first-answer.service.ts';
import { RegisterUserService } from './verification/register-user.service.ts';
import { RequestSmsCodeService } from './verification/request-sms-code.service.ts';
import { SmsCodeStore } from './verification/sms-code.store.ts';
import { SmsCodeAttemptStore } from './verification/sms-code-attempt.store.ts';
import { SmsRequestStore } from './verification/sms-request.store.ts';
import { SpentTokenStore } from './verification/spent-token.store.ts';
import { VerificationResolver } from './verification/verification.resolver.ts';
import { VerificationTokens } from './verification/verification-token.ts';
import { VerifySmsCodeService } from './verification/verify-sms-code.service.ts';

export interface App {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

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
  const secrets = await openSecrets(config, surroundings);
  const connections = await openConnections(config, surroundings, metrics, onStop);
  const instances = createFeatures(config, secrets, connections);

  const schema = createSchema(resolvers, { get: (resolver) => instances.get(resolver) });
  observeOperations(schema, (operation, outcome, seconds) => {
    metrics.countRequest(operation, outcome, seconds);
    surroundings.logger.debug({ operation, outcome, seconds }, 'answered');
  });

  const { redis, database, sms, phone } = connections;
  const server = await startServer(config.http, {
    schema,
    probes: {
      dependencies: {
        redis: () => redis.use((client) => client.ping()),
        postgresql: () => database.use((em) => em.execute('select 1')),
      },
      states: () => ({ sms_gateway: sms.breakerState }),
      metrics: () => metrics.exposition(),
    },
    jwks: secrets.tokens.jwks,
    pages: {
      ...config.pages,
      directory: surroundings.pagesDirectory,
      phoneTexts: phone && config.pages.phone ? () => phone.texts : undefined,
    },
    finishWork: (atMostMs) => sms.finish(atMostMs),
    logFault: (requestId, error) => surroundings.logger.error({ requestId, err: error }, 'fault'),
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
  surroundings: AppSurroundings,
): Promise<Secrets> {
  const { logger, dataDirectory } = surroundings;
  const codeSecret = createSecretKey(given ?? randomBytes(32));
  const hash = createKeyedHash(codeSecret);
  const privateKey = token.privateKey ?? keptPrivateKey(dataDirectory);
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
  const smsRequests = new SmsRequestStore(redis, hash, knownForMs);
  const requesting = new RequestSmsCodeService({
    firstAnswers: new FirstAnswerService(smsRequests, captchas, {
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
