// Environment → Config: reads every setting, checks them one by one and against each other, and reports all faults.

import type { KeyObject } from 'node:crypto';
import type { CaptchaSettings } from '../captcha/captcha.service.ts';
import type { Pages } from '../http/routes/pages.ts';
import type { ServerSettings } from '../http/server.ts';
import type { SendLimits } from '../rate-limiting/limits.ts';
import { DEVELOPMENT_PROVIDERS, type SmsSettings } from '../sms/providers/providers.ts';
import type { TokenSettings } from '../verification/tokens/verification-token.ts';
import { type SettingName, type SettingValues, settings } from './settings.ts';

export interface Config {
  readonly production: boolean;
  readonly logLevel: SettingValues['LOG_LEVEL'];
  readonly http: ServerSettings;
  /** `undefined`: the embedded Redis. */
  readonly redisUrl: string | undefined;
  /** `undefined`: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** `undefined`: one is made for the life of the process. */
  readonly codeSecret: Buffer | undefined;
  readonly sms: SmsSettings;
  /** Texts that wait for the provider, or for a connection to it, at once. */
  readonly smsMaxInFlight: number;
  readonly pages: Pick<Pages, 'demo' | 'playground'> & {
    /** The texts of the simulated provider at `/phone`; behind a proxy, nobody is at this machine to read them. */
    readonly phone: boolean;
  };
  /** The longest that a request for a text takes. */
  readonly requestAtMostMs: number;
  readonly captcha: CaptchaSettings;
  readonly smsCodeTtlSeconds: number;
  readonly sendLimits: SendLimits;
  readonly verifyPerAddressPerHour: number;
  readonly concealsRegistered: boolean;
  readonly token: TokenSettings & {
    /** `undefined`: the one that is kept in the data directory, made at the first start. */
    readonly privateKey: KeyObject | undefined;
    readonly otherPublicKeys: readonly KeyObject[];
  };
}

/** All that is wrong with the settings, a sentence each; none of them quotes a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The settings have ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** Whoever migrates a database or forgives a mobile needs no account at an SMS provider. */
export type Purpose = 'serving' | 'database' | 'redis';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An empty value counts as none.
 * @throws ConfigError with every fault.
 */
export function readConfig(environment: Environment, purpose: Purpose = 'serving'): Config {
  const faults = strangers(environment);
  const values = readValues(environment, faults);
  const incomplete = MISSING[purpose](values);
  faults.push(...incomplete.filter((fault) => !faults.some((other) => sameSetting(other, fault))));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(configOf(values));
}

/** A value that is wrong is left out here, and its fault noted. */
function readValues(environment: Environment, faults: string[]): SettingValues {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, (typeof settings)[SettingName]][]) {
    const result = setting.safeParse(environment[name]?.trim() || undefined);
    if (result.success) values[name] = result.data;
    else faults.push(`${name} ${result.error.issues[0]?.message}`);
  }
  return values as SettingValues;
}

/** First words that only our settings have; DATABASE_ or REDIS_ may be somebody else's, Kubernetes' for one. */
const OUR_PREFIXES = /^(SMS|YUNTONGXUN|TOKEN|CODE|IMAGE_CAPTCHA|CAPTCHA|VERIFY|TRUSTED|CORS|ENUMERATION)_/;

/** What Kubernetes sets for every service of a namespace, whose name may begin like ours. */
const OF_KUBERNETES = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** Names that look like ours and are not: slips of the pen, which would otherwise leave a default in force. */
function strangers(environment: Environment): string[] {
  const names = Object.keys(environment).filter(
    (name) => OUR_PREFIXES.test(name) && !OF_KUBERNETES.test(name) && !Object.hasOwn(settings, name),
  );
  return names.map((name) => `${name} is not a setting`);
}

const SMS_PER_DAY_OUTSIDE_PRODUCTION = 10_000;
/** A text waits for three others at most: with all of them slow, more would only wait in vain. */
const UNDER_WAY_PER_CONNECTION = 4;

/** A provider without a time limit of its own in the settings. */
const PROVIDER_TIMEOUT_SECONDS = 5;
/** For the stores 1.5 seconds, for an answer that conceals one, and half a one to spare. */
const BESIDES_THE_PROVIDER_MS = 3000;

const OF_THE_ACCOUNT = ['YUNTONGXUN_ACCOUNT_SID', 'YUNTONGXUN_AUTH_TOKEN', 'YUNTONGXUN_APP_ID'] as const;

/** What this combination of settings needs, and does not have. */
function missing(values: SettingValues): string[] {
  const needed: [SettingName, reason: string][] = [];
  if (values.NODE_ENV === 'production') {
    needed.push(
      ['REDIS_URL', 'the embedded Redis is not for production'],
      ['CODE_SECRET', 'a generated secret is not for production'],
      ['TOKEN_PRIVATE_KEY', 'a generated key is not for production'],
      ['SMS_PER_DAY', 'what the worst day may cost is for you to say'],
    );
  }
  if (values.SMS_PROVIDER === 'yuntongxun') {
    needed.push(...OF_THE_ACCOUNT.map((name): [SettingName, string] => [name, 'SMS_PROVIDER is yuntongxun']));
  }
  const faults = [...missingDatabase(values), ...absent(values, needed)];
  if (
    values.NODE_ENV === 'production' &&
    DEVELOPMENT_PROVIDERS.includes(values.SMS_PROVIDER ?? 'simulated')
  ) {
    faults.push(
      `SMS_PROVIDER must name one that sends, in production: not ${DEVELOPMENT_PROVIDERS.join(', not ')}`,
    );
  }
  return faults;
}

function missingDatabase(values: SettingValues): string[] {
  if (values.NODE_ENV !== 'production') return [];
  return absent(values, [['DATABASE_URL', 'the embedded database is not for production']]);
}

/** The embedded Redis belongs to the process that serves, and its keys are named by a secret. */
function missingRedis(values: SettingValues): string[] {
  return absent(values, [
    ['REDIS_URL', 'an embedded Redis can be reached by nobody but the service itself'],
    ['CODE_SECRET', "it names the mobile's keys in Redis"],
  ]);
}

const MISSING: Record<Purpose, (values: SettingValues) => string[]> = {
  serving: missing,
  database: missingDatabase,
  redis: missingRedis,
};

function absent(values: SettingValues, needed: readonly [SettingName, reason: string][]): string[] {
  return needed
    .filter(([name]) => values[name] === undefined)
    .map(([name, reason]) => `${name} is missing: ${reason}`);
}

/** A value that is wrong is not missing as well. */
function sameSetting(fault: string, other: string): boolean {
  return fault.split(' ', 1)[0] === other.split(' ', 1)[0];
}

function configOf(values: SettingValues): Config {
  const production = values.NODE_ENV === 'production';
  const sms = smsOf(values);
  const providerSeconds = 'timeoutSeconds' in sms ? sms.timeoutSeconds : PROVIDER_TIMEOUT_SECONDS;
  return {
    production,
    logLevel: values.LOG_LEVEL,
    http: {
      host: values.HOST,
      port: values.PORT,
      trustedProxies: values.TRUSTED_PROXIES,
      corsOrigins: values.CORS_ORIGINS,
    },
    redisUrl: values.REDIS_URL,
    databaseUrl: values.DATABASE_URL,
    codeSecret: values.CODE_SECRET === undefined ? undefined : Buffer.from(values.CODE_SECRET),
    sms,
    requestAtMostMs: providerSeconds * 1000 + BESIDES_THE_PROVIDER_MS,
    smsMaxInFlight: values.YUNTONGXUN_CONNECTIONS * UNDER_WAY_PER_CONNECTION,
    pages: {
      demo: values.DEMO ?? sms.provider === 'simulated',
      phone: sms.provider === 'simulated' && values.TRUSTED_PROXIES.length === 0,
      playground: values.PLAYGROUND ?? !production,
    },
    captcha: {
      ttlSeconds: values.IMAGE_CAPTCHA_TTL_SECONDS,
      perAddressPerMinute: values.CAPTCHA_PER_ADDRESS_PER_MINUTE,
    },
    smsCodeTtlSeconds: values.SMS_CODE_TTL_SECONDS,
    sendLimits: {
      resendGapSeconds: values.SMS_RESEND_GAP_SECONDS,
      perMobilePerHour: values.SMS_PER_MOBILE_PER_HOUR,
      perMobilePerDay: values.SMS_PER_MOBILE_PER_DAY,
      perAddressPerHour: values.SMS_PER_ADDRESS_PER_HOUR,
      perRangePerHour: values.SMS_PER_RANGE_PER_HOUR,
      perDay: values.SMS_PER_DAY ?? SMS_PER_DAY_OUTSIDE_PRODUCTION,
    },
    verifyPerAddressPerHour: values.VERIFY_PER_ADDRESS_PER_HOUR,
    concealsRegistered: values.ENUMERATION === 'conceal',
    token: {
      issuer: values.TOKEN_ISSUER,
      audience: values.TOKEN_AUDIENCE,
      privateKey: values.TOKEN_PRIVATE_KEY,
      otherPublicKeys: values.TOKEN_PREVIOUS_PUBLIC_KEYS,
    },
  };
}

function smsOf(values: SettingValues): SmsSettings {
  const provider = values.SMS_PROVIDER ?? 'simulated';
  if (provider !== 'yuntongxun') return { provider };
  return {
    provider,
    accountSid: values.YUNTONGXUN_ACCOUNT_SID ?? '',
    authToken: values.YUNTONGXUN_AUTH_TOKEN ?? '',
    appId: values.YUNTONGXUN_APP_ID ?? '',
    templateId: values.YUNTONGXUN_TEMPLATE_ID,
    baseUrl: values.YUNTONGXUN_BASE_URL,
    timeoutSeconds: values.YUNTONGXUN_TIMEOUT_SECONDS,
    connections: values.YUNTONGXUN_CONNECTIONS,
  };
}
