// Reads the environment, checks every setting alone and all settings together, and reports all errors at once.

import type { KeyObject } from 'node:crypto';
import type { RateLimitSettings } from '../rate-limiting/limits.ts';
import { type SmsProviderName, smsProvider, smsProviderNames } from '../sms/providers/providers.ts';
import type { TokenSettings } from '../verification/tokens/verification-token.ts';
import { type SettingName, type Settings, settings } from './settings.ts';
import { unknownSettings } from './unknown-settings.ts';

export interface Config {
  readonly production: boolean;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly trustedProxies: readonly string[];
    readonly corsOrigins: readonly string[];
  };
  /** The pages that the settings enable. */
  readonly pages: { readonly demo: boolean; readonly playground: boolean; readonly phone: boolean };
  /** `undefined` selects the embedded Redis. */
  readonly redisUrl: string | undefined;
  /** `undefined` selects the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** `undefined`: the process generates one at its start. */
  readonly codeSecret: Buffer | undefined;
  readonly sms: { readonly provider: SmsProviderName; readonly isForDevelopment: boolean };
  readonly captchaTtlSeconds: number;
  readonly codeTtlSeconds: number;
  readonly rateLimits: RateLimitSettings;
  readonly resendAfterSeconds: number;
  readonly protectsEnumeration: boolean;
  readonly token: TokenSettings & {
    /** `undefined`: the key in the data directory, which the first start generates. */
    readonly privateKey: KeyObject | undefined;
    readonly otherPublicKeys: readonly KeyObject[];
  };
  /** All values, for the modules that read their own. */
  readonly settings: Settings;
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
export type Purpose = 'serve' | 'database' | 'redis';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An empty value counts as absent.
 * @throws ConfigError with all errors.
 */
export function loadConfig(environment: Environment, purpose: Purpose = 'serve'): Config {
  const errors = unknownSettings(environment, Object.keys(settings));
  const values = parseSettings(environment, errors);
  const missing = MISSING[purpose](values);
  // A value that is invalid is not missing as well.
  errors.push(...missing.filter((error) => !errors.some((other) => isSameSetting(other, error))));
  if (errors.length > 0) throw new ConfigError(errors);
  return Object.freeze(toConfig(values));
}

/** Leaves out invalid values and adds an error for each. */
function parseSettings(environment: Environment, errors: string[]): Settings {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, schema] of Object.entries(settings) as [SettingName, (typeof settings)[SettingName]][]) {
    const result = schema.safeParse(environment[name]?.trim() || undefined);
    if (result.success) values[name] = result.data;
    else errors.push(`${name} ${result.error.issues[0]?.message}`);
  }
  return values as Settings;
}

const MISSING: Record<Purpose, (values: Settings) => string[]> = {
  serve: missingToServe,
  database: missingDatabase,
  redis: missingRedis,
};

function missingToServe(values: Settings): string[] {
  const provider = smsProvider(providerOf(values));
  const required: [name: string, reason: string][] = provider.requiredSettings.map((name) => [
    name,
    `SMS_PROVIDER is ${providerOf(values)}`,
  ]);
  if (values.NODE_ENV !== 'production') return absent(values, required);
  required.push(
    ['REDIS_URL', 'production rejects the embedded Redis'],
    ['CODE_SECRET', 'production rejects a generated secret'],
    ['TOKEN_PRIVATE_KEY', 'production rejects a generated key'],
    ['SMS_PER_DAY', 'it limits what a day may cost'],
  );
  const errors = [...missingDatabase(values), ...absent(values, required)];
  if (provider.isForDevelopment) {
    const allowed = smsProviderNames.filter((name) => !smsProvider(name).isForDevelopment);
    errors.push(`SMS_PROVIDER must be one of ${allowed.join(', ')} in production`);
  }
  return errors;
}

function missingDatabase(values: Settings): string[] {
  if (values.NODE_ENV !== 'production') return [];
  return absent(values, [['DATABASE_URL', 'production rejects the embedded database']]);
}

function missingRedis(values: Settings): string[] {
  return absent(values, [
    ['REDIS_URL', 'another process cannot reach the embedded Redis'],
    ['CODE_SECRET', 'the Redis keys of a mobile depend on it'],
  ]);
}

function absent(values: Settings, required: readonly [name: string, reason: string][]): string[] {
  return required
    .filter(([name]) => (values as Record<string, unknown>)[name] === undefined)
    .map(([name, reason]) => `${name} is missing: ${reason}`);
}

function isSameSetting(error: string, other: string): boolean {
  return error.split(' ', 1)[0] === other.split(' ', 1)[0];
}

function providerOf(values: Settings): SmsProviderName {
  return values.SMS_PROVIDER ?? 'simulated';
}

function toConfig(values: Settings): Config {
  const production = values.NODE_ENV === 'production';
  const provider = providerOf(values);
  const isSimulated = provider === 'simulated';
  return {
    production,
    logLevel: values.LOG_LEVEL,
    http: {
      host: values.HOST,
      port: values.PORT,
      trustedProxies: values.TRUSTED_PROXIES,
      corsOrigins: values.CORS_ORIGINS,
    },
    pages: {
      demo: values.DEMO ?? isSimulated,
      // Behind a proxy every client seems to be on this machine, so the page would show codes to everyone.
      phone: isSimulated && values.TRUSTED_PROXIES.length === 0,
      playground: values.PLAYGROUND ?? !production,
    },
    redisUrl: values.REDIS_URL,
    databaseUrl: values.DATABASE_URL,
    codeSecret: values.CODE_SECRET === undefined ? undefined : Buffer.from(values.CODE_SECRET),
    sms: { provider, isForDevelopment: smsProvider(provider).isForDevelopment },
    captchaTtlSeconds: values.IMAGE_CAPTCHA_TTL_SECONDS,
    codeTtlSeconds: values.SMS_CODE_TTL_SECONDS,
    rateLimits: values,
    resendAfterSeconds: values.SMS_RESEND_GAP_SECONDS,
    protectsEnumeration: values.ENUMERATION === 'conceal',
    token: {
      issuer: values.TOKEN_ISSUER,
      audience: values.TOKEN_AUDIENCE,
      privateKey: values.TOKEN_PRIVATE_KEY,
      otherPublicKeys: values.TOKEN_PREVIOUS_PUBLIC_KEYS,
    },
    settings: values,
  };
}
