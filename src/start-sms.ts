// Starts everything about SMS: the providers with their protection, the delivery with its records, and the intake of reports.

import type { Logger } from 'pino';
import type { Audit } from './common/audit.ts';
import type { KeyedHash } from './common/keyed-hash.ts';
import type { RedisKeys } from './common/redis/keys.ts';
import type { RedisDependency } from './common/redis/redis-client.ts';
import { withTimeBudget } from './common/time-budget.ts';
import type { Tracing } from './common/tracing.ts';
import type { Config, SmsProviderConfig } from './config/load-config.ts';
import {
  REPORT_STORE_TIMEOUT_MS,
  SMS_CIRCUIT_RESET_TIMEOUT_MS,
  SMS_FAULT_REPORT_INTERVAL_MS,
  STORE_CALL_TIMEOUT_MS,
  smsDeliveryTimeoutMs,
} from './config/time-budgets.ts';
import type { Metrics } from './observability/metrics.ts';
import type { RedisScripts } from './redis-scripts.ts';
import { DeliveryStore } from './sms/delivery/delivery.store.ts';
import { DeliveryIds } from './sms/delivery/delivery-id.ts';
import { InstrumentedSmsSender } from './sms/delivery/instrumented-sms-sender.ts';
import { MessageIdStore } from './sms/delivery/message-id.store.ts';
import { ProviderFaults } from './sms/delivery/provider-faults.ts';
import { ProviderStateStore } from './sms/delivery/provider-state.store.ts';
import { ResilientSmsSender } from './sms/delivery/resilient-sms-sender.ts';
import {
  type AcceptedAttempt,
  type DeliveryProvider,
  SmsDeliveryService,
} from './sms/delivery/sms-delivery.service.ts';
import { VerifiedSms } from './sms/delivery/verified-sms.service.ts';
import type { ReportReader } from './sms/delivery-report.ts';
import type { ReceiveReports, StartedSmsProvider } from './sms/providers/provider.ts';
import { smsProvider } from './sms/providers/providers.ts';
import { type ObservedReport, ReportIntake } from './sms/reports/report-intake.service.ts';
import { ConversionStore } from './sms/routing/conversion.store.ts';
import { ConversionOrderService } from './sms/routing/conversion-order.service.ts';
import { FixedOrder } from './sms/routing/provider-order.ts';
import type { SimulatedPhone } from './sms/simulated-phone.ts';
import type { SmsOutcome } from './sms/sms-sender.ts';

/** Consecutive sends without an answer that open the circuit of a provider. */
const CIRCUIT_FAILURE_THRESHOLD = 5;
/** A send waits for at most three others on its connection. With a slow provider, more would only time out. */
const MAX_IN_FLIGHT_PER_CONNECTION = 4;

export interface SmsDependencies {
  readonly redis: RedisDependency<RedisScripts>;
  readonly keys: RedisKeys;
  readonly hash: KeyedHash;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly print: (line: string) => void;
  /** Whether accepted SMS count toward the conversion. Those that an operator sends as a test do not, because their codes are never entered. */
  readonly countsConversion: boolean;
  readonly tracing?: Tracing;
}

/** A provider with its bulkhead and its circuit breaker. */
export interface RunningProvider extends DeliveryProvider {
  readonly sender: ResilientSmsSender;
  readonly reports: ReportReader | undefined;
  readonly connectReports: StartedSmsProvider['connectReports'];
  readonly phone: SimulatedPhone | undefined;
}

export interface Sms {
  readonly delivery: SmsDeliveryService;
  readonly deliveries: DeliveryStore;
  readonly deliveryIds: DeliveryIds;
  readonly verified: VerifiedSms;
  readonly reports: ReportIntake;
  /** The limit of one delivery. */
  readonly timeoutMs: number;
  /** With the simulated provider only. */
  readonly phone: SimulatedPhone | undefined;
  /** The circuit of each provider: `ok`, `open` or `half_open`. */
  readonly circuits: () => Record<string, string>;
  /** What an operator must correct, by provider. */
  readonly faults: () => Record<string, string>;
  readonly close: () => Promise<void>;
}

export async function startSms(config: Config, dependencies: SmsDependencies): Promise<Sms> {
  const { redis, keys, hash, metrics, logger, countsConversion } = dependencies;
  const faults = new ProviderFaults((fault) => {
    metrics.countProviderFault(fault.provider, fault.fault);
    logger.error(fault, 'the SMS provider requires an action of the operator');
  });
  const providers = await startProviders(config.sms.providers, dependencies, faults);
  const names = providers.map(({ name }) => name);
  const timeoutMs = smsDeliveryTimeoutMs(providers);
  const deliveries = new DeliveryStore(redis, keys);
  const conversions = new ConversionStore(redis, keys);
  const conversionOrder = new ConversionOrderService({
    providers: names,
    store: conversions,
    onError: (err) => logger.debug({ err }, 'the conversion of the SMS providers was not read'),
  });
  conversionOrder.start();
  metrics.watchConversion(() => conversionOrder.figures());

  const reports = new ReportIntake({
    readers: new Map(providers.flatMap(({ name, reports }) => (reports ? [[name, reports]] : []))),
    deliveries,
    messageIds: new MessageIdStore(redis, keys),
    hash,
    observe: (report) => observeReport(report, dependencies),
  });
  for (const { name, connectReports } of providers) connectReports?.(receiverOf(name, reports));
  const reporting = new Set(providers.filter((provider) => provider.reports).map(({ name }) => name));
  const onAccepted = (sms: AcceptedAttempt) => {
    const { provider, messageId, attemptId, carrierPrefix, startedAtMs, isResend } = sms;
    if (reporting.has(provider)) inBackground(() => reports.link(provider, messageId, attemptId));
    // A resend goes to people who received nothing, so it would make its provider look worse than it is.
    if (countsConversion && !isResend)
      inBackground(() => conversions.recordAccepted(provider, carrierPrefix, startedAtMs));
  };
  return {
    delivery: new SmsDeliveryService({
      providers,
      order: config.sms.routing === 'conversion' ? conversionOrder : new FixedOrder(names),
      deliveries,
      hash,
      timeoutMs,
      onAccepted,
    }),
    deliveries,
    deliveryIds: new DeliveryIds(hash),
    verified: new VerifiedSms(deliveries, conversions, (provider, seconds) =>
      metrics.observeVerified(provider, seconds),
    ),
    reports,
    timeoutMs,
    phone: providers.find(({ phone }) => phone)?.phone,
    circuits: () =>
      Object.fromEntries(
        // For a reader of /readyz, `closed` sounds like a fault.
        providers.map(({ name, sender: { circuitState } }) => [
          name,
          circuitState === 'closed' ? 'ok' : circuitState,
        ]),
      ),
    faults: () => faults.all(),
    async close() {
      conversionOrder.stop();
      await Promise.all(providers.map(({ sender }) => sender.close()));
    },
  };
}

async function startProviders(
  configured: readonly SmsProviderConfig[],
  dependencies: SmsDependencies,
  faults: ProviderFaults,
): Promise<RunningProvider[]> {
  const { metrics, print, redis, keys, tracing } = dependencies;
  const writeState = stateWriter(new ProviderStateStore(redis, keys));
  const running: RunningProvider[] = [];
  try {
    for (const { name, settings, triesNextAfterLimit } of configured) {
      const started = await smsProvider(name).start(settings, print);
      const observe = (outcome: SmsOutcome, seconds: number) => {
        metrics.observeSend(name, outcome.kind, seconds);
        faults.record(name, outcome);
        writeState(name, sender, outcome);
      };
      const sender = new ResilientSmsSender(
        new InstrumentedSmsSender(started.sender, observe, name, tracing),
        {
          maxInFlight: started.connections * MAX_IN_FLIGHT_PER_CONNECTION,
          failureThreshold: CIRCUIT_FAILURE_THRESHOLD,
          resetTimeoutMs: SMS_CIRCUIT_RESET_TIMEOUT_MS,
        },
      );
      const { timeoutMs, lookUp, reports, connectReports, phone } = started;
      running.push({
        name,
        sender,
        timeoutMs,
        lookUp,
        reports,
        connectReports,
        phone,
        triesNextAfterLimit,
      });
    }
  } catch (error) {
    await Promise.all(running.map(({ sender }) => sender.close()));
    throw error;
  }
  metrics.watchSmsProviders(running, faults);
  return running;
}

/** Writes failed sends to Redis, at most one a minute for each provider. */
function stateWriter(states: ProviderStateStore) {
  const writtenAtMs = new Map<string, number>();
  return (provider: string, sender: ResilientSmsSender, outcome: SmsOutcome): void => {
    if (outcome.kind === 'accepted') return;
    const isNumberRejected = outcome.kind === 'rejected' && ['recipient', 'limit'].includes(outcome.cause);
    const last = writtenAtMs.get(provider) ?? Number.NEGATIVE_INFINITY;
    if (isNumberRejected || performance.now() - last < SMS_FAULT_REPORT_INTERVAL_MS) return;
    writtenAtMs.set(provider, performance.now());
    const state = { circuit: sender.circuitState, lastError: outcome.reason, atMs: Date.now() };
    inBackground(() => states.write(provider, state));
  };
}

/** The way of the reports of a provider in this process. */
function receiverOf(provider: string, reports: ReportIntake): ReceiveReports {
  return (request) =>
    withTimeBudget(REPORT_STORE_TIMEOUT_MS, () => reports.receive(provider, request)).then(
      ({ kind }) => kind === 'acknowledged',
      () => false,
    );
}

function observeReport(report: ObservedReport, { metrics, logger, audit }: SmsDependencies): void {
  const { provider, status, result, attemptId, code, cause, secondsToDelivery } = report;
  metrics.observeReport(provider, result === 'applied' ? status : result, secondsToDelivery);
  audit('sms_reported', { provider, attemptId, status, result, reportCode: code, cause, secondsToDelivery });
  if (result === 'rejected_attempt')
    logger.error({ provider, attemptId }, 'the SMS provider reports an SMS that it had rejected');
}

/** Nothing waits for these calls: what they write is shown and measured. The outage of a dependency is logged elsewhere. */
function inBackground(call: () => Promise<unknown>): void {
  withTimeBudget(STORE_CALL_TIMEOUT_MS, call).catch(() => {});
}
