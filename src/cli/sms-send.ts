// `yanzheng sms:send <mobile>`: sends one real SMS through the configured providers, and waits for its report.

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Mobile, maskMobile } from '../common/phone-number.ts';
import { loadConfig } from '../config/load-config.ts';
import { CLI_REPORT_POLL_INTERVAL_MS, CLI_REPORT_TIMEOUT_MS } from '../config/time-budgets.ts';
import { createLogger } from '../observability/logger.ts';
import { Metrics } from '../observability/metrics.ts';
import { redisScripts } from '../redis-scripts.ts';
import { deliveryStatus, SmsDeliveryStatus } from '../sms/delivery/delivery-status.ts';
import type { DeliveryResult } from '../sms/delivery/sms-delivery.service.ts';
import { SpendCapService } from '../spend-cap/spend-cap.service.ts';
import { type Sms, startSms } from '../start-sms.ts';
import { CODE_LENGTH } from '../verification/codes/sms-code.ts';
import type { Command, CommandResult } from './command.ts';
import { confirm } from './confirm.ts';
import { oneMobile, UsageError } from './usage-error.ts';
import { withMigratedDatabase } from './with-database.ts';
import { withRedis } from './with-redis.ts';

export const smsSend: Command = {
  name: 'sms:send',
  args: '<mobile>',
  summary: 'Sends one real SMS through the configured providers, and waits for its delivery report',
  help: [
    'The SMS counts toward the daily cap, not toward the rate limits of the mobile and not toward the conversion. Its code verifies',
    'nothing. The exit code is 0 if the SMS was delivered, or accepted by a provider whose reports are not set up.',
    'Required settings: those of the service.',
  ],
  asksForConfirmation: true,
  /** @throws UsageError without a confirmation, DependencyUnavailableError if Redis or PostgreSQL does not answer. */
  async run(invocation) {
    const { args, environment, dataDirectory, progress } = invocation;
    const mobile = oneMobile(args, 'sms:send');
    const config = loadConfig(environment, 'send');
    const names = config.sms.providers.map(({ name }) => name).join(', ');
    await confirm(invocation, `Send a real SMS to ${maskMobile(mobile)} through ${names}?`);
    return withMigratedDatabase(config, dataDirectory, (database) =>
      withRedis(config, redisScripts, async (opened) => {
        const logger = createLogger({ level: 'silent', production: true });
        const audit = () => {}; // the command itself prints what becomes of the SMS
        const shared = { logger, audit, metrics: new Metrics(), print: progress, countsConversion: false };
        const sms = await startSms(config, { ...opened, ...shared });
        const spendCap = new SpendCapService(database, config.smsPerDay);
        try {
          return await sendAndWait(sms, spendCap, mobile, progress);
        } finally {
          await sms.close();
          await spendCap.returnLot();
        }
      }),
    );
  },
};

async function sendAndWait(
  sms: Sms,
  spendCap: SpendCapService,
  mobile: Mobile,
  progress: (line: string) => void,
): Promise<CommandResult> {
  const recordName = sms.deliveryIds.recordNameOf(sms.deliveryIds.create());
  const result = await sendOne(sms, spendCap, mobile, recordName);
  for (const line of outcomeLines(result)) progress(line);
  const { provider, outcome, failovers } = result;
  const isReported = outcome.kind !== 'rejected' && sms.reports.expectsFrom(provider);
  const delivery = isReported ? await waitForReport(sms, recordName, progress) : undefined;
  const isSuccess =
    delivery === undefined ? outcome.kind === 'accepted' && !isReported : delivery === 'delivered';
  return {
    lines: [lastLine(provider, outcome.kind, isReported, delivery)],
    json: {
      provider,
      outcome: outcome.kind,
      ...(outcome.kind === 'accepted' ? { messageId: outcome.messageId } : { reason: outcome.reason }),
      failovers: failovers.map((failover) => ({
        provider: failover.provider,
        reason: failover.outcome.reason,
      })),
      delivery: delivery ?? null,
    },
    exitCode: isSuccess ? 0 : 1,
  };
}

function lastLine(
  provider: string,
  outcome: string,
  isReported: boolean,
  delivery: string | undefined,
): string {
  if (outcome === 'rejected') return 'The SMS was not sent.';
  if (!isReported)
    return `No delivery report is expected: the secret of the reports of ${provider} is not set.`;
  return delivery === undefined
    ? 'No report arrived. Check the URL and the secret of the reports in the console of the provider, and whether the service runs.'
    : `The SMS was ${delivery}.`;
}

/** Counts the SMS toward the daily cap, unless it was certainly not sent. */
async function sendOne(
  sms: Sms,
  spendCap: SpendCapService,
  mobile: Mobile,
  recordName: string,
): Promise<DeliveryResult> {
  const reserved = await spendCap.reserve();
  if (reserved.kind === 'exceeded') throw new UsageError('the daily cap SMS_PER_DAY is reached');
  const request = {
    recordName,
    previousRecordName: undefined,
    requestedAtMs: Date.now(),
    mobile,
    code: String(randomInt(10 ** CODE_LENGTH)).padStart(CODE_LENGTH, '0'),
    validForMinutes: 5,
    purpose: 'LOGIN',
  } as const;
  try {
    const result = await sms.delivery.send(request);
    if (result.outcome.kind === 'rejected') spendCap.release(reserved);
    return result;
  } catch (error) {
    // An error means that no SMS was sent.
    spendCap.release(reserved);
    throw error;
  }
}

function outcomeLines({ provider, outcome, failovers }: DeliveryResult): string[] {
  const rejections = failovers.map(
    (failover) => `${failover.provider}: rejected, ${failover.outcome.reason}`,
  );
  const last = outcome.kind === 'accepted' ? `message id ${outcome.messageId}` : outcome.reason;
  return [...rejections, `${provider}: ${outcome.kind}, ${last}`];
}

/** The running service receives the report. @returns `undefined` if none arrived in time. */
async function waitForReport(
  { deliveries }: Sms,
  recordName: string,
  progress: (line: string) => void,
): Promise<'delivered' | 'undelivered' | undefined> {
  progress(`Waiting for the delivery report, for at most ${CLI_REPORT_TIMEOUT_MS / 1000} s …`);
  const startedMs = performance.now();
  while (performance.now() - startedMs < CLI_REPORT_TIMEOUT_MS) {
    const record = await deliveries.read(recordName);
    const status = record && deliveryStatus(record, Date.now()).status;
    if (status === SmsDeliveryStatus.DELIVERED) return 'delivered';
    if (status === SmsDeliveryStatus.UNDELIVERED) return 'undelivered';
    await sleep(CLI_REPORT_POLL_INTERVAL_MS);
  }
  return undefined;
}
