// The catalogue of rate limits. A new limit is one row: its name, its Redis key, its scope, and its setting. Together they
// bound SMS bombing of one mobile and SMS pumping of number ranges. Two limits are not here: the lockout after failed attempts
// has no setting (verification/codes/sms-code-attempt.store.ts), and the daily cap is about money, so PostgreSQL keeps it
// (spend-cap/).

import type { z } from 'zod';
import type { Mobile } from '../common/phone-number.ts';
import type { RedisKeys } from '../common/redis/keys.ts';
import { count, type SettingValues, seconds } from '../config/env.ts';
import { type RateLimit, RateLimitScope } from './rate-limit.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** What each limited action is counted by. */
interface Subjects {
  readonly issueCaptcha: string;
  readonly requestSmsCode: string;
  readonly sendSms: Mobile;
  readonly verifySmsCode: string;
  readonly querySmsDelivery: string;
}

export type LimitedAction = keyof Subjects;

interface Row<Subject> {
  readonly name: string;
  readonly key: (keys: RedisKeys, subject: Subject) => string;
  readonly scope: RateLimitScope;
  readonly limit: number | Setting;
  readonly windowSeconds: number | Setting;
  /** A verified code releases the reservations of its sends. For limits of `sendSms` only. */
  readonly releasedByVerification?: true;
}

interface Setting<Name extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly schema: Schema;
}

function setting<const Name extends string, Schema extends z.ZodType>(
  name: Name,
  schema: Schema,
): Setting<Name, Schema> {
  return { name, schema };
}

const catalogue = {
  issueCaptcha: [
    {
      name: 'captchaMinute',
      key: (keys, address) => keys.addressLimit(address, 'captcha:minute'),
      scope: RateLimitScope.ADDRESS,
      limit: setting('CAPTCHA_PER_ADDRESS_PER_MINUTE', count.default(30)),
      windowSeconds: MINUTE_SECONDS,
    },
  ],
  requestSmsCode: [
    {
      name: 'addressHour',
      key: (keys, address) => keys.addressLimit(address, 'send:hour'),
      scope: RateLimitScope.ADDRESS,
      limit: setting('SMS_PER_ADDRESS_PER_HOUR', count.default(20)),
      windowSeconds: HOUR_SECONDS,
    },
  ],
  sendSms: [
    {
      name: 'mobileCooldown',
      key: (keys, mobile) => keys.mobileLimit(mobile, 'cooldown'),
      scope: RateLimitScope.MOBILE,
      limit: 1,
      windowSeconds: setting('SMS_RESEND_GAP_SECONDS', seconds(0, DAY_SECONDS).default(60)),
    },
    {
      name: 'mobileHour',
      key: (keys, mobile) => keys.mobileLimit(mobile, 'hour'),
      scope: RateLimitScope.MOBILE,
      limit: setting('SMS_PER_MOBILE_PER_HOUR', count.default(5)),
      windowSeconds: HOUR_SECONDS,
    },
    {
      name: 'mobileDay',
      key: (keys, mobile) => keys.mobileLimit(mobile, 'day'),
      scope: RateLimitScope.MOBILE,
      limit: setting('SMS_PER_MOBILE_PER_DAY', count.default(10)),
      windowSeconds: DAY_SECONDS,
    },
    {
      // Against SMS pumping, which sends to many numbers of one range: it counts only SMS whose code is not verified.
      name: 'rangeHour',
      key: (keys, mobile) => keys.rangeLimit(mobile, 'hour'),
      scope: RateLimitScope.SERVICE,
      limit: setting('SMS_PER_RANGE_PER_HOUR', count.default(20)),
      windowSeconds: HOUR_SECONDS,
      releasedByVerification: true,
    },
  ],
  verifySmsCode: [
    {
      name: 'verifyHour',
      key: (keys, address) => keys.addressLimit(address, 'verify:hour'),
      scope: RateLimitScope.ADDRESS,
      limit: setting('VERIFY_PER_ADDRESS_PER_HOUR', count.default(60)),
      windowSeconds: HOUR_SECONDS,
    },
  ],
  querySmsDelivery: [
    {
      name: 'deliveryMinute',
      key: (keys, address) => keys.addressLimit(address, 'delivery:minute'),
      scope: RateLimitScope.ADDRESS,
      limit: setting('SMS_DELIVERY_QUERIES_PER_ADDRESS_PER_MINUTE', count.default(60)),
      windowSeconds: MINUTE_SECONDS,
    },
  ],
} as const satisfies { readonly [Action in LimitedAction]: readonly Row<Subjects[Action]>[] };

const rowsByAction: { readonly [Action in LimitedAction]: readonly Row<Subjects[Action]>[] } = catalogue;

type AnyRow = (typeof catalogue)[LimitedAction][number];
type SettingOfRow = Extract<AnyRow['limit'] | AnyRow['windowSeconds'], Setting>;

/** The settings of all limits, in the order of the catalogue. */
export const rateLimitSettings = Object.fromEntries(
  Object.values<readonly AnyRow[]>(catalogue)
    .flat()
    .flatMap(({ limit, windowSeconds }) => [limit, windowSeconds])
    .filter((value) => typeof value !== 'number')
    .map(({ name, schema }) => [name, schema]),
) as { readonly [S in SettingOfRow as S['name']]: S['schema'] };

export type RateLimitSettings = SettingValues<typeof rateLimitSettings>;

/** The names of the limits of an action. */
export type LimitName<Action extends LimitedAction> = (typeof catalogue)[Action][number]['name'];

/** The limits of an action for one subject. */
export type LimitsOf<Action extends LimitedAction> = readonly RateLimit<LimitName<Action>>[];

type ReleasedRow = Extract<(typeof catalogue)['sendSms'][number], { readonly releasedByVerification: true }>;
export type ReleasedLimits = readonly RateLimit<ReleasedRow['name']>[];

/** The names of the limits of an action, in their order. */
export function limitNames<Action extends LimitedAction>(action: Action): readonly LimitName<Action>[] {
  return catalogue[action].map(({ name }) => name);
}

/** The names of the limits whose reservations a verified code releases. */
export const releasedByVerification: readonly ReleasedRow['name'][] = catalogue.sendSms
  .filter((row): row is ReleasedRow => 'releasedByVerification' in row)
  .map(({ name }) => name);

/** A row with the values of the settings. */
interface ResolvedRow<Subject> extends Row<Subject> {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** The limits with the values of the settings. */
export class RateLimits {
  private readonly rows: { readonly [Action in LimitedAction]: readonly ResolvedRow<Subjects[Action]>[] };

  constructor(
    private readonly keys: RedisKeys,
    settings: RateLimitSettings,
  ) {
    const resolved = <Subject>(rows: readonly Row<Subject>[]): ResolvedRow<Subject>[] =>
      rows.map((row) => ({
        ...row,
        limit: resolve(row.limit, settings),
        windowSeconds: resolve(row.windowSeconds, settings),
      }));
    this.rows = {
      issueCaptcha: resolved(rowsByAction.issueCaptcha),
      requestSmsCode: resolved(rowsByAction.requestSmsCode),
      sendSms: resolved(rowsByAction.sendSms),
      verifySmsCode: resolved(rowsByAction.verifySmsCode),
      querySmsDelivery: resolved(rowsByAction.querySmsDelivery),
    };
  }

  /** The limits of one action for one subject. */
  of<Action extends LimitedAction>(action: Action, subject: Subjects[Action]): LimitsOf<Action> {
    return this.rows[action].map(({ name, key, scope, limit, windowSeconds }) => ({
      name: name as LimitName<Action>,
      key: key(this.keys, subject),
      scope,
      limit,
      windowSeconds,
    }));
  }

  /** The limits of a send whose reservations a verified code releases. */
  releasedByVerification(mobile: Mobile): ReleasedLimits {
    return this.of('sendSms', mobile).filter((limit): limit is ReleasedLimits[number] =>
      releasedByVerification.some((name) => name === limit.name),
    );
  }
}

function resolve(value: number | Setting, settings: Readonly<Record<string, number | undefined>>): number {
  if (typeof value === 'number') return value;
  const configured = settings[value.name];
  if (configured === undefined) throw new Error(`${value.name} has no value`);
  return configured;
}
