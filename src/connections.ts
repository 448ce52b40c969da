// The connections of the program: opened in their order, each behind its guard, and closed by the caller of `onStop`.

import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Logger } from 'pino';
import type { Dependency } from './common/dependency.ts';
import type { RedisDependency } from './common/redis/redis-client.ts';
import type { Config } from './config/load-config.ts';
import { guard } from './infrastructure/dependency-client.ts';
import { isDatabaseOutage } from './infrastructure/postgres/database-outage.ts';
import { openDatabase } from './infrastructure/postgres/open-database.ts';
import { prepareSchema } from './infrastructure/postgres/schema-version.ts';
import { openRedis } from './infrastructure/redis/open-redis.ts';
import { databaseDefinition } from './mikro-orm.config.ts';
import type { DependencyName, Metrics } from './observability/metrics.ts';
import { OutageLog } from './observability/outage-log.ts';
import { rateLimitScripts } from './rate-limiting/rate-limit.store.ts';
import { InstrumentedSmsSender, type ObserveText } from './sms/delivery/instrumented-sms-sender.ts';
import { ResilientSmsSender } from './sms/delivery/resilient-sms-sender.ts';
import { startSmsProvider } from './sms/providers/providers.ts';
import type { SimulatedPhone } from './sms/simulated-phone.ts';
import type { SmsSender } from './sms/sms-sender.ts';
import { smsCodeScripts } from './verification/codes/sms-code.store.ts';
import { smsCodeAttemptScripts } from './verification/codes/sms-code-attempt.store.ts';
import { idempotencyScripts } from './verification/idempotency/idempotency.store.ts';

export interface AppDependencies {
  readonly logger: Logger;
  /** Where the embedded database lives. */
  readonly dataDirectory: string;
  /** Where the pages are, as they were built from web/. */
  readonly pagesDirectory: string;
  /** Shows one line to the person at the terminal. */
  readonly print: (line: string) => void;
  /** In place of the provider that the settings name. */
  readonly sms?: SmsSender;
}

/** A call to Redis or PostgreSQL that takes longer than this is answered with `ServiceUnavailableError`. */
const DEPENDENCY_TIMEOUT_MS = 1000;

/** Five texts without an answer are no accident; ten seconds are a wait that a person puts up with. */
const SMS_BREAKER = { failureThreshold: 5, resetTimeoutMs: 10_000 };

/** Takes what has to be closed, in the order of opening. */
export type OnStop = (close: () => Promise<void>) => void;

export interface Connections {
  readonly database: Dependency<SqlEntityManager>;
  readonly redis: RedisDependency;
  readonly sms: ResilientSmsSender;
  /** With the simulated provider only. */
  readonly phone: SimulatedPhone | undefined;
}

export async function openConnections(
  config: Config,
  { logger, dataDirectory, print, sms }: AppDependencies,
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

  const database = await openDatabase(config.databaseUrl, databaseDefinition, dataDirectory);
  onStop(database.close);
  await prepareSchema(database);

  const scripts = { ...rateLimitScripts, ...idempotencyScripts, ...smsCodeScripts, ...smsCodeAttemptScripts };
  const noteRedis = (error: Error) => outages.note('redis', error);
  const redis = await openRedis(config.redisUrl, scripts, DEPENDENCY_TIMEOUT_MS, noteRedis);
  onStop(redis.close);

  const provider = sms ? { sender: sms } : await startSmsProvider(config.sms, print);
  const observedProvider = new InstrumentedSmsSender(provider.sender, observeText(metrics));
  const sender = new ResilientSmsSender(observedProvider, {
    ...SMS_BREAKER,
    maxInFlight: config.smsMaxInFlight,
  });
  metrics.watchSms(sender);
  onStop(() => sender.close());

  return {
    database: guard(() => database.orm.em.fork(), { ...observed('postgresql'), isOutage: isDatabaseOutage }),
    // Whatever Redis says instead of an answer: nothing was counted that a check could rely on.
    redis: guard(() => redis.client, { ...observed('redis'), isOutage: () => true }),
    sms: sender,
    phone: provider.phone,
  };
}

function observeText(metrics: Metrics): ObserveText {
  return (outcome, seconds) => {
    metrics.observeDependency('sms_gateway', seconds);
    metrics.countText(outcome.kind);
  };
}
