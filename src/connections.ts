// The connections of the program: opened in their order, each behind its guard, and closed by the caller of `onStop`.

import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { databaseContent } from './mikro-orm.config.ts';
import { isDatabaseOutage } from './platform/database.ts';
import { guard } from './platform/guard.ts';
import type { DependencyName, Metrics } from './platform/metrics.ts';
import { openDatabase, prepareSchema } from './platform/open-database.ts';
import { openRedis } from './platform/open-redis.ts';
import { OutageLog } from './platform/outage-log.ts';
import { rateLimitScripts } from './rate-limit/rate-limit.store.ts';
import type { Dependency } from './shared/dependency.ts';
import type { RedisDependency } from './shared/redis-client.ts';
import { ObservedSmsSender, type ObserveText } from './sms/observed-sms-sender.ts';
import { ProtectedSmsSender } from './sms/protected-sms-sender.ts';
import type { SimulatedPhone } from './sms/simulated-phone.ts';
import { startSmsProvider } from './sms/sms-providers.ts';
import type { SmsSender } from './sms/sms-sender.ts';
import { smsCodeScripts } from './verification/sms-code.store.ts';
import { smsCodeAttemptScripts } from './verification/sms-code-attempt.store.ts';
import { smsRequestScripts } from './verification/sms-request.store.ts';

export interface AppSurroundings {
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
const SMS_BREAKER = { breakAfter: 5, restMs: 10_000 };

/** Takes what has to be closed, in the order of opening. */
export type OnStop = (close: () => Promise<void>) => void;

export interface Connections {
  readonly database: Dependency<SqlEntityManager>;
  readonly redis: RedisDependency;
  readonly sms: ProtectedSmsSender;
  /** With the simulated provider only. */
  readonly phone: SimulatedPhone | undefined;
}

export async function openConnections(
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

  const scripts = { ...rateLimitScripts, ...smsRequestScripts, ...smsCodeScripts, ...smsCodeAttemptScripts };
  const noteRedis = (error: Error) => outages.note('redis', error);
  const redis = await openRedis(config.redisUrl, scripts, DEPENDENCY_TIMEOUT_MS, noteRedis);
  onStop(redis.close);

  const provider = sms ? { sender: sms } : await startSmsProvider(config.sms, print);
  const observedProvider = new ObservedSmsSender(provider.sender, observeText(metrics));
  const sender = new ProtectedSmsSender(observedProvider, {
    ...SMS_BREAKER,
    mostUnderWay: config.smsMostUnderWay,
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
