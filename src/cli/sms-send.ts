// `npm run sms:send -- 13800138000`: sends one real SMS through the configured providers, and waits for its report.

import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Mobile, maskMobile } from '../common/phone-number.ts';
import type { Config } from '../config/load-config.ts';
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
const REPORT_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 2000;
const YES = '--yes';

/**
 * The SMS counts toward the daily cap, not toward the rate limits of the mobile. Its code verifies nothing.
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
      const sms = await startSms(config, { ...opened, metrics: new Metrics(), logger, print });
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

async function sendAndWait(sms: Sms, spendCap: SpendCapService, mobile: Mobile): Promise<void> {
  const reserved = await spendCap.reserve();
  if (reserved.kind === 'exceeded') throw new UsageError('the daily cap SMS_PER_DAY is reached');
  const recordName = sms.deliveryIds.recordNameOf(sms.deliveryIds.create());
  const result = await sms.delivery.send({
    recordName,
    previousRecordName: undefined,
    requestedAtMs: Date.now(),
    mobile,
    code: String(randomInt(10 ** CODE_LENGTH)).padStart(CODE_LENGTH, '0'),
    validForMinutes: 5,
    purpose: 'LOGIN',
  });
  if (result.outcome.kind === 'rejected') spendCap.release(reserved);
  for (const line of outcomeLines(result)) console.log(line);
  if (result.outcome.kind === 'rejected') process.exitCode = 1;
  else await waitForReport(sms, recordName);
}

function outcomeLines({ provider, outcome, failovers }: DeliveryResult): string[] {
  const rejections = failovers.map(
    (failover) => `${failover.provider}: rejected, ${failover.outcome.reason}`,
  );
  const last = outcome.kind === 'accepted' ? `message id ${outcome.messageId}` : outcome.reason;
  return [...rejections, `${provider}: ${outcome.kind}, ${last}`];
}

/** The running service receives the report. Without the secret of reports there is none. */
async function waitForReport({ deliveries }: Sms, recordName: string): Promise<void> {
  console.log(`Waiting for the delivery report, for at most ${REPORT_TIMEOUT_MS / 1000} s …`);
  const startedMs = performance.now();
  while (performance.now() - startedMs < REPORT_TIMEOUT_MS) {
    const record = await deliveries.read(recordName);
    const status = record && deliveryStatus(record, Date.now()).status;
    if (status === SmsDeliveryStatus.DELIVERED || status === SmsDeliveryStatus.UNDELIVERED) {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      console.log(`${status.toLowerCase()} after ${seconds} s`);
      return;
    }
    await sleep(POLL_INTERVAL_MS);
  }
  console.log(
    'No report arrived. Check the URL and the secret of the reports in the console of the provider.',
  );
}
