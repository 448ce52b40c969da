// Reads the environment, checks every setting alone and all settings together, and reports all errors at once.

import type { KeyObject } from 'node:crypto';
import type { LineOptions } from '../guard/lane.ts';
import { type RateLimitSettings, rateLimitSettings } from '../rate-limiting/limits.ts';
import {
  DEFAULT_SMS_PROVIDER,
  type SmsProviderName,
  smsProvider,
  smsProviderNames,
} from '../sms/providers/providers.ts';
import { SMS_PER_DAY_OUTSIDE_PRODUCTION } from '../spend-cap/spend-cap.settings.ts';
import { testMobilesErrors } from '../verification/test-mobiles/test-mobiles.settings.ts';
import type { TestMobilesOptions } from '../verification/test-mobiles/test-mobiles.ts';
import type { SettingsSchema, SettingValues } from './env.ts';
import { readSecretFiles, secretFileSettings, settingOfFile } from './secret-files.ts';
import { type SettingName, type Settings, settings } from './settings.ts';
import { SHUTDOWN_DRAIN_SECONDS } from './time-budgets.ts';
import { unknownSettings } from './unknown-settings.ts';

export interface Config {
  readonly production: boolean;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly traces: {
    /** Where spans go, by OTLP over HTTP. `undefined`: traces are off. */
    readonly endpoint: string | undefined;
    readonly serviceName: string;
    readonly sampledShare: number;
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** `undefined`: the metrics are on `port`. */
    readonly metricsPort: number | undefined;
    readonly trustedProxies: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly shutdownDrainSeconds: number;
  };
  /** The pages that the settings enable. */
  readonly pages: { readonly demo: boolean; readonly playground: boolean; readonly phone: boolean };
  /** `undefined` selects the embedded Redis. */
  readonly redisUrl: string | undefined;
  /** `undefined` selects the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** `undefined`: the process generates one at its start. */
  readonly codeSecret: Buffer | undefined;
  readonly sms: {
    /** In the order of preference. */
    readonly providers: readonly SmsProviderConfig[];
    /** Whether any of them is for development. */
    readonly isForDevelopment: boolean;
    readonly routing: Settings['SMS_ROUTING'];
  };
  readonly captchaTtlSeconds: number;
  readonly codeTtlSeconds: number;
  readonly rateLimits: RateLimitSettings;
  readonly guard: {
    readonly mode: Settings['SMS_GUARD'];
    readonly lines: LineOptions;
    readonly allowed: readonly string[];
  };
  readonly smsPerDay: number;
  readonly resendAfterSeconds: number;
  readonly enumerationProtection: boolean;
  readonly testMobiles: TestMobilesOptions;
  readonly token: {
    readonly issuer: string;
    readonly audience: string;
    /** `undefined`: the key in the data directory, which the first start generates. */
    readonly privateKey: KeyObject | undefined;
    readonly otherPublicKeys: readonly KeyObject[];
  };
}

export interface SmsProviderConfig {
  readonly name: SmsProviderName;
  /** The settings of the provider alone. */
  readonly settings: SettingValues<SettingsSchema>;
  /** Whether the next provider tries after a limit of this one for a number. */
  readonly triesNextAfterLimit: boolean;
}

/** All errors of the settings, one sentence each. No sentence quotes a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly errors: readonly string[]) {
    super(
      `Invalid settings, ${errors.length} error(s):\n${errors.map((error) => `  - ${error}`).join('\n')}`,
    );
  }
}

/** What a command needs: a migration requires no account of an SMS provider. */
export type ConfigScope = 'serve' | 'database' | 'redis' | 'spend' | 'send' | 'erase';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One error of one setting. The sentence begins with the name of the setting. */
interface SettingError {
  readonly setting: string;
  readonly problem: string;
}

/**
 * An empty value counts as absent.
 * @throws ConfigError with all errors.
 */
export function loadConfig(environment: Environment, scope: ConfigScope = 'serve'): Config {
  const { values, errors: invalid } = parseSettings(environment);
  const isInvalid = new Set(invalid.map(({ setting }) => settingOfFile(setting)));
  const errors = [
    ...unknownSettings(environment, [...Object.keys(settings), ...secretFileSettings]).map((setting) => ({
      setting,
      problem: 'is not a setting',
    })),
    ...invalid,
    // A setting with an invalid value is not missing as well.
    ...REQUIREMENTS[scope](values).filter(({ setting }) => !isInvalid.has(setting)),
  ];
  if (errors.length > 0) throw new ConfigError(errors.map(({ setting, problem }) => `${setting} ${problem}`));
  return Object.freeze(toConfig(values));
}

/**
 * The values of all settings, without what the service requires.
 * @throws ConfigError with all errors.
 */
export function loadSettings(environment: Environment): Settings {
  const { values, errors } = parseSettings(environment);
  if (errors.length > 0) throw new ConfigError(errors.map(({ setting, problem }) => `${setting} ${problem}`));
  return values;
}

/** Invalid values are absent from `values`. */
function parseSettings(environment: Environment): { values: Settings; errors: SettingError[] } {
  const values: Partial<Record<SettingName, unknown>> = {};
  const files = readSecretFiles(environment);
  const errors: SettingError[] = [...files.errors];
  for (const [name, schema] of Object.entries(settings) as [SettingName, (typeof settings)[SettingName]][]) {
    const result = schema.safeParse(files.environment[name]?.trim() || undefined);
    if (result.success) values[name] = result.data;
    else errors.push({ setting: name, problem: result.error.issues[0]?.message ?? 'is invalid' });
  }
  return { values: values as Settings, errors };
}

const REQUIREMENTS: Record<ConfigScope, (values: Settings) => SettingError[]> = {
  serve: requiredToServe,
  database: requiredForDatabase,
  redis: requiredForRedis,
  spend: requiredForSpend,
  send: (values) => [...requiredForRedis(values), ...requiredToServe(values)],
  erase: (values) => [...requiredForRedis(values), ...requiredForDatabase(values)],
};

function requiredToServe(values: Settings): SettingError[] {
  const names = providersOf(values);
  const always = [
    ...names.flatMap((name) =>
      missing(values, smsProvider(name).requiredSettings, `SMS_PROVIDER is ${names.join(',')}`),
    ),
    ...testMobilesErrors(values, Date.now()),
  ];
  if (values.NODE_ENV !== 'production') return always;
  return [
    ...requiredForSpend(values),
    ...always,
    ...missing(values, ['REDIS_URL', 'CODE_SECRET', 'TOKEN_PRIVATE_KEY'], IN_PRODUCTION),
    ...(names.some(isForDevelopment) ? [developmentProvider()] : []),
  ];
}

const IN_PRODUCTION = 'production requires it';

function developmentProvider(): SettingError {
  const allowed = smsProviderNames.filter((name) => !isForDevelopment(name));
  return { setting: 'SMS_PROVIDER', problem: `must be one of ${allowed.join(', ')} in production` };
}

function isForDevelopment(name: SmsProviderName): boolean {
  return smsProvider(name).isForDevelopment;
}

function requiredForDatabase(values: Settings): SettingError[] {
  return values.NODE_ENV === 'production' ? missing(values, ['DATABASE_URL'], IN_PRODUCTION) : [];
}

function requiredForSpend(values: Settings): SettingError[] {
  return values.NODE_ENV === 'production'
    ? missing(values, ['DATABASE_URL', 'SMS_PER_DAY'], IN_PRODUCTION)
    : [];
}

function requiredForRedis(values: Settings): SettingError[] {
  return [
    ...missing(values, ['REDIS_URL'], 'another process cannot reach the embedded Redis'),
    ...missing(values, ['CODE_SECRET'], 'the Redis keys of a mobile depend on it'),
  ];
}

function missing(values: Settings, names: readonly string[], reason: string): SettingError[] {
  return names
    .filter((name) => (values as Record<string, unknown>)[name] === undefined)
    .map((setting) => ({ setting, problem: `is missing: ${reason}` }));
}

function providersOf(values: Settings): readonly SmsProviderName[] {
  return values.SMS_PROVIDER ?? [DEFAULT_SMS_PROVIDER];
}

/** Only the values of these settings, so that a module does not get the secrets of another one. */
function pick<Schema extends SettingsSchema>(values: Settings, schema: Schema): SettingValues<Schema> {
  const names = Object.keys(schema) as SettingName[];
  return Object.fromEntries(names.map((name) => [name, values[name]])) as SettingValues<Schema>;
}

function toConfig(values: Settings): Config {
  const production = values.NODE_ENV === 'production';
  const providers = providersOf(values);
  const hasPhone = providers.some((name) => smsProvider(name).hasPhone);
  return {
    production,
    logLevel: values.LOG_LEVEL,
    traces: {
      endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
      serviceName: values.OTEL_SERVICE_NAME,
      sampledShare: values.OTEL_TRACES_SAMPLER_ARG,
    },
    http: {
      host: values.HOST,
      port: values.PORT,
      metricsPort: values.METRICS_PORT,
      trustedProxies: values.TRUSTED_PROXIES,
      corsOrigins: values.CORS_ORIGINS,
      shutdownDrainSeconds: values.SHUTDOWN_DRAIN_SECONDS ?? (production ? SHUTDOWN_DRAIN_SECONDS : 0),
    },
    pages: {
      demo: values.DEMO ?? hasPhone,
      // Behind a proxy every client seems to be on this machine, so the page would show codes to everyone.
      phone: hasPhone && values.TRUSTED_PROXIES.length === 0,
      playground: values.PLAYGROUND ?? !production,
    },
    redisUrl: values.REDIS_URL,
    databaseUrl: values.DATABASE_URL,
    codeSecret: values.CODE_SECRET === undefined ? undefined : Buffer.from(values.CODE_SECRET),
    sms: {
      providers: providers.map((name) => ({
        name,
        settings: pick(values, smsProvider(name).settings),
        triesNextAfterLimit: values.SMS_FAILOVER_ON_LIMIT.includes(name),
      })),
      isForDevelopment: providers.some(isForDevelopment),
      routing: values.SMS_ROUTING,
    },
    captchaTtlSeconds: values.IMAGE_CAPTCHA_TTL_SECONDS,
    codeTtlSeconds: values.SMS_CODE_TTL_SECONDS,
    rateLimits: pick(values, rateLimitSettings),
    guard: {
      mode: values.SMS_GUARD,
      lines: {
        basePerHour: values.SMS_GUARD_BASE_PER_HOUR,
        basePerDay: values.SMS_GUARD_BASE_PER_DAY,
        perProof: values.SMS_GUARD_PER_PROOF,
      },
      allowed: values.SMS_GUARD_ALLOW,
    },
    smsPerDay: values.SMS_PER_DAY ?? SMS_PER_DAY_OUTSIDE_PRODUCTION,
    resendAfterSeconds: values.SMS_RESEND_GAP_SECONDS,
    enumerationProtection: values.ENUMERATION === 'conceal',
    testMobiles: { mobiles: values.TEST_MOBILES, untilMs: values.TEST_MOBILES_UNTIL },
    token: {
      issuer: values.TOKEN_ISSUER,
      audience: values.TOKEN_AUDIENCE,
      privateKey: values.TOKEN_PRIVATE_KEY,
      otherPublicKeys: values.TOKEN_PREVIOUS_PUBLIC_KEYS,
    },
  };
}
