// A drill: instances of the service under load, a fault in what they depend on, and the numbers of what clients saw.
//
//   await usingDrill({ redisUrl, redisNodes }, async (drill) => {
//     const report = await drill.run('Redis killed', () => redis.kill());
//     expect(report.secondsUntilNormal).toBeLessThan(5);
//   });

import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createTestDatabase } from '../../support/test-app.ts';
import { CODE_SECRET, permissiveLimits, yuntongxunSettings } from '../../support/test-settings.ts';
import { testKey } from '../../support/test-tokens.ts';
import { AnswerLog } from './answers.ts';
import { CaptchaSolver } from './captcha-solver.ts';
import { type DrillReport, drillReport, formatReport } from './drill-report.ts';
import { Instances } from './instances.ts';
import { Load, type LoadOptions } from './load.ts';
import { SmsCounter, type SmsLimits } from './sms-counter.ts';

export interface DrillOptions {
  /** `REDIS_URL` of the service. */
  readonly redisUrl: string;
  /** The URLs of all Redis nodes, where the load reads the answers of captchas. */
  readonly redisNodes: readonly string[];
  /** `DATABASE_URL` of the service. Default: a new database on the PostgreSQL of the run. */
  readonly databaseUrl?: string;
  /** Default: 2. */
  readonly instances?: number;
  readonly load?: Partial<LoadOptions>;
  /** Default: a cooldown of ten seconds, and no limit of the hour that a drill reaches. */
  readonly limits?: SmsLimits;
  /** Further settings of the service. */
  readonly settings?: Record<string, string>;
}

export interface RunOptions {
  /** The drill ends when the service has worked for this time without a disturbance. Default: 4 s. */
  readonly settleMs?: number;
}

export interface Drill {
  readonly instances: Instances;
  readonly log: AnswerLog;
  /**
   * Starts the load, waits until it runs normally, calls `fault`, and waits until the service has worked normally for a
   * while. Prints the report. The time counts from the call of `fault`, which may take long: it may undo the fault, too.
   * Call it once.
   */
  run(title: string, fault: () => Promise<unknown>, options?: RunOptions): Promise<DrillReport>;
}

const DEFAULT_INSTANCES = 2;
/** Six SMS per second. */
const DEFAULT_LOAD: LoadOptions = {
  visitsPerSecond: 30,
  visitsPerMobile: 5,
  revisitSeconds: 2,
  reuseSeconds: 12,
  registers: false,
};
/** Longer than the visits to a mobile, so that only the first one receives an SMS. */
const DEFAULT_LIMITS: SmsLimits = { cooldownSeconds: 10, perHour: 1000 };
const DEFAULT_SETTLE_MS = 4000;
const NORMAL_LOAD = { verified: 20, rejected: 20 };
const RECOVERY_TIMEOUT_MS = 60_000;

/** Starts the service and the load, runs the drill, and stops everything. */
export async function usingDrill(options: DrillOptions, use: (drill: Drill) => Promise<void>): Promise<void> {
  const { load: loadOptions, limits = DEFAULT_LIMITS, redisNodes } = options;
  const directory = await temporaryDirectory('yanzheng-drill');
  const sms = new SmsCounter();
  const solver = new CaptchaSolver(redisNodes);
  const instances = new Instances(directory.path, await environment(options, limits, await sms.start()));
  const log = new AnswerLog();
  const load = new Load(
    { ...DEFAULT_LOAD, ...loadOptions },
    { targets: () => instances.routed.map(({ url }) => url), solver, sms, log },
  );
  const run: Drill['run'] = async (title, fault, { settleMs = DEFAULT_SETTLE_MS } = {}) => {
    load.start();
    await waitForNormalLoad(log);
    const faultAtMs = performance.now();
    await fault();
    const faultOverMs = performance.now();
    await waitUntilSettled(log, faultOverMs, settleMs);
    await load.stop();
    const report = drillReport({
      title,
      faultAtMs,
      faultOverMs,
      answers: log.since(faultAtMs),
      serviceOutput: instances.output,
      smsTotal: sms.total,
      smsBeyondLimit: sms.beyond(limits),
      lostCaptchas: load.lostCaptchas,
    });
    process.stderr.write(`${formatReport(report)}\n`);
    return report;
  };
  try {
    const count = options.instances ?? DEFAULT_INSTANCES;
    await Promise.all(Array.from({ length: count }, () => instances.start()));
    await use({ instances, log, run });
  } finally {
    await load.stop();
    await instances.end();
    solver.stop();
    await sms.stop();
    await directory.remove();
  }
}

/** Production, with limits that only the load on a mobile reaches. */
async function environment(
  { redisUrl, databaseUrl, settings }: DrillOptions,
  limits: SmsLimits,
  gatewayUrl: string,
): Promise<Record<string, string>> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info', // the URL is in the line `listening`
    HOST: '127.0.0.1',
    TRUSTED_PROXIES: '127.0.0.1',
    REDIS_URL: redisUrl,
    DATABASE_URL: databaseUrl ?? String(await createTestDatabase()),
    CODE_SECRET,
    TOKEN_PRIVATE_KEY: testKey().privatePem,
    ...yuntongxunSettings(gatewayUrl),
    ...permissiveLimits,
    SMS_RESEND_GAP_SECONDS: String(limits.cooldownSeconds),
    SMS_PER_MOBILE_PER_HOUR: String(limits.perHour),
    SMS_PER_MOBILE_PER_DAY: String(limits.perHour),
    ...settings,
  };
}

/** Mobiles have been verified, and requests within the cooldown are rejected. */
async function waitForNormalLoad(log: AnswerLog): Promise<void> {
  await eventually(
    async () =>
      log.count('MobileVerified') >= NORMAL_LOAD.verified &&
      log.count('TooManyRequestsError') >= NORMAL_LOAD.rejected,
    RECOVERY_TIMEOUT_MS,
  );
}

/** Without an end of the disturbance it fails, with the latest answers. */
async function waitUntilSettled(log: AnswerLog, faultOverMs: number, settleMs: number): Promise<void> {
  await eventually(async () => {
    const lastMs = Math.max(faultOverMs, log.lastDisturbanceMs(faultOverMs) ?? 0);
    return performance.now() - lastMs > settleMs;
  }, RECOVERY_TIMEOUT_MS);
}
