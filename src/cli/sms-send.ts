// `npm run sms:send -- 13800138000`: sends one real SMS through the configured providers, and waits for its report.

import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Mobile, maskMobile } from '../common/phone-number.ts';
import type { Config } from '../config/load-config.ts';
import { CLI_REPORT_POLL_INTERVAL_MS, CLI_REPORT_TIMEOUT_MS } from '../config/time-budgets.ts';
import { Metrics } from '../observability/metrics.ts';
import { redisScripts } from '../redis-scripts.ts';
import { deliveryStatus, SmsDeliveryStatus } from '../sms/delivery/delivery-status.ts';
import type { DeliveryResult } from '../sms/delivery/sms-delivery.service.ts';
import { SpendCapService } from '../spend-cap/spend-cap.service.ts';
import { type Sms, startSms } from '../start-sms.ts';
import { CODE_LENGTH } from '../verification/codes/sms-code.ts';
import { mobileArguments, UsageError } from './usage-error.ts';
import { withMigratedDatabase } from './with-database.ts';
import { withRedis } from './with-redis.ts';

const USAGE = 'npm run sms:send -- 13800138000 [--yes]';
const YES = '--yes';

/**
 * The SMS counts toward the daily cap, not toward the rate limits of the mobile and not toward the conversion. Its code
 * verifies nothing.
 * @throws UsageError without one valid mobile or without a confirmation, DependencyUnavailableError if Redis or PostgreSQL
 *   does not answer.
 */
export async function smsSend(
  config: Config,
  dataDirectory: string,
  args: readonly string[],
  logger: Logger,
): Promise<void> {
  const mobiles = mobileArguments(
    args.filter((argument) => argument !== YES),
    USAGE,
  );
  const [mobile, ...others] = mobiles;
  if (mobile === undefined || others.length > 0) throw new UsageError(`one mobile is required: ${USAGE}`);
  if (!args.includes(YES)) await confirm(config, mobile);
  await withMigratedDatabase(config, dataDirectory, (database) =>
    withRedis(config, redisScripts, async (opened) => {
      const print = (line: string) => console.log(line);
      const dependencies = { ...opened, metrics: new Metrics(), logger, print, countsConversion: false };
      const sms = await startSms(config, dependencies);
      const spendCap = new SpendCapService(database, config.smsPerDay);
      try {
        await sendAndWait(sms, spendCap, mobile);
      } finally {
        await sms.close();
        await spendCap.returnLot();
      }
    }),
  );
}

async function confirm(config: Config, mobile: Mobile): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError(`without a terminal, confirm with ${YES}: ${USAGE}`);
  const names = config.sms.providers.map(({ name }) => name).join(', ');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `Send a real SMS to ${maskMobile(mobile)} through ${names}? [y/N] `,
    );
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('nothing was sent');
  } finally {
    terminal.close();
  }
}

/** The exit code is 0 if the SMS was delivered, or accepted by a provider that reports nothing. */
async function sendAndWait(sms: Sms, spendCap: SpendCapService, mobile: Mobile): Promise<void> {
  const recordName = sms.deliveryIds.recordNameOf(sms.deliveryIds.create());
  const result = await sendOne(sms, spendCap, mobile, recordName);
  for (const line of outcomeLines(result)) console.log(line);
  const { provider, outcome } = result;
  if (outcome.kind === 'rejected') process.exitCode = 1;
  else if (sms.reports.expectsFrom(provider)) await waitForReport(sms, recordName);
  else {
    console.log(`No delivery report is expected: the secret of the reports of ${provider} is not set.`);
    if (outcome.kind === 'unknown') process.exitCode = 1;
  }
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

/** The running service receives the report. */
async function waitForReport({ deliveries }: Sms, recordName: string): Promise<void> {
  console.log(`Waiting for the delivery report, for at most ${CLI_REPORT_TIMEOUT_MS / 1000} s …`);
  const startedMs = performance.now();
  while (performance.now() - startedMs < CLI_REPORT_TIMEOUT_MS) {
    const record = await deliveries.read(recordName);
    const status = record && deliveryStatus(record, Date.now()).status;
    if (status === SmsDeliveryStatus.DELIVERED || status === SmsDeliveryStatus.UNDELIVERED) {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      console.log(`${status.toLowerCase()} after ${seconds} s`);
      if (status === SmsDeliveryStatus.UNDELIVERED) process.exitCode = 1;
      return;
    }
    await sleep(CLI_REPORT_POLL_INTERVAL_MS);
  }
  console.log(
    'No report arrived. Check the URL and the secret of the reports in the console of the provider, and whether the service runs.',
  );
  process.exitCode = 1;
}
