// `yanzheng inspect <mobile>`: what the service knows about a mobile at the moment.

import { maskMobile } from '../common/phone-number.ts';
import { loadConfig } from '../config/load-config.ts';
import { RateLimits } from '../rate-limiting/limits.ts';
import { type DeliveryRecord, DeliveryStore } from '../sms/delivery/delivery.store.ts';
import { deliveryScripts } from '../sms/delivery/delivery-scripts.ts';
import {
  type LimitState,
  type MobileState,
  MobileStateStore,
  type PurposeState,
} from '../verification/inspection/mobile-state.store.ts';
import type { Command } from './command.ts';
import { oneMobile } from './usage-error.ts';
import { withRedis } from './with-redis.ts';

export const inspect: Command = {
  name: 'inspect',
  args: '<mobile>',
  summary: 'Shows the limits, the codes, the SMS and the lockouts of a mobile',
  help: [
    'It answers why a person gets no SMS, or cannot enter a code. Codes are never shown. The SMS are those of the open codes.',
    'Required settings: REDIS_URL, CODE_SECRET.',
  ],
  /** @throws UsageError for an invalid mobile, DependencyUnavailableError if Redis does not answer. */
  async run({ args, environment }) {
    const mobile = oneMobile(args, 'inspect');
    const config = loadConfig(environment, 'redis');
    return withRedis(config, deliveryScripts, async ({ redis, keys }) => {
      const state = await new MobileStateStore(redis, keys, new RateLimits(keys, config.rateLimits)).read(
        mobile,
      );
      const sends = await readSends(state, new DeliveryStore(redis, keys));
      const masked = maskMobile(mobile);
      return {
        lines: [
          masked,
          ...state.limits.map(limitLine),
          ...state.purposes.flatMap((one) => purposeLines(one, sends)),
        ],
        json: { mobile: masked, ...withSends(state, sends) },
      };
    });
  },
};

/** An SMS of an open code. */
interface Send {
  readonly provider: string | undefined;
  readonly state: string;
  readonly at: string;
}

async function readSends(
  { purposes }: MobileState,
  deliveries: DeliveryStore,
): Promise<ReadonlyMap<string, Send>> {
  const names = purposes.flatMap(({ code }) => code?.deliveries ?? []);
  const records = await Promise.all(names.map(async (name) => [name, await deliveries.read(name)] as const));
  return new Map(records.flatMap(([name, record]) => (record ? [[name, sendOf(record)]] : [])));
}

function sendOf({ state, requestedAtMs, attempt }: DeliveryRecord): Send {
  return {
    provider: attempt?.provider,
    state,
    at: new Date(attempt?.startedAtMs ?? requestedAtMs).toISOString(),
  };
}

/** The names of the records mean nothing to an operator. */
function withSends({ limits, purposes }: MobileState, sends: ReadonlyMap<string, Send>) {
  return {
    limits,
    purposes: purposes.map(({ code, ...purpose }) => ({
      ...purpose,
      code: code && {
        attempts: code.attempts,
        expiresInSeconds: code.expiresInSeconds,
        sends: code.deliveries.flatMap((name) => sends.get(name) ?? []),
      },
    })),
  };
}

function limitLine({ name, used, limit, retryAfterSeconds }: LimitState): string {
  const wait = retryAfterSeconds > 0 ? `, the next SMS in ${retryAfterSeconds} s` : '';
  return `  ${name.padEnd(16)}${used} of ${limit} SMS${wait}`;
}

function purposeLines(
  { purpose, code, failuresWithinHour, failureStreak, lockedForSeconds }: PurposeState,
  sends: ReadonlyMap<string, Send>,
): string[] {
  const failures = `${failuresWithinHour} failed attempts within an hour, ${failureStreak} since the last success`;
  const locked = lockedForSeconds > 0 ? [`  locked for ${lockedForSeconds} s: yanzheng unlock ends it`] : [];
  const codeLine = code
    ? `  code open for ${code.expiresInSeconds} s, compared ${code.attempts} times`
    : '  no code is open';
  const sendLines = (code?.deliveries ?? []).flatMap((name) => {
    const send = sends.get(name);
    return send ? [`    ${send.at}  ${send.provider ?? 'no provider'}  ${send.state}`] : [];
  });
  return [purpose, codeLine, ...sendLines, `  ${failures}`, ...locked];
}
