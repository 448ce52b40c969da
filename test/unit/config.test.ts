// The settings: their defaults, the accepted and rejected values, and error messages that quote no value.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment, loadConfig } from '../../src/config/load-config.ts';
import { settings } from '../../src/config/settings.ts';
import { rateLimitSettings } from '../../src/rate-limiting/limits.ts';
import { CODE_SECRET, errorsOf, PRODUCTION } from '../support/settings.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PRIVATE_PEM = p256.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const PUBLIC_PEM = p256.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const OTHER_PRIVATE_PEM = otherCurve.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const OTHER_PUBLIC_PEM = otherCurve.publicKey.export({ type: 'spki', format: 'pem' }) as string;

describe('an empty environment', () => {
  it('selects the embedded stores, the simulated provider and the default limits', () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      logLevel: 'info',
      http: {
        host: '127.0.0.1',
        port: 4000,
        trustedProxies: [],
        corsOrigins: [],
        shutdownDrainSeconds: 0,
      },
      redisUrl: undefined,
      databaseUrl: undefined,
      codeSecret: undefined,
      sms: { providers: [{ name: 'simulated', settings: {} }], isForDevelopment: true, routing: 'fixed' },
      pages: { demo: true, playground: true, phone: true },
      captchaTtlSeconds: 180,
      codeTtlSeconds: 300,
      resendAfterSeconds: 60,
      enumerationProtection: false,
      rateLimits: { SMS_RESEND_GAP_SECONDS: 60, SMS_PER_MOBILE_PER_HOUR: 5 },
      smsPerDay: 10_000,
      token: { issuer: 'yanzheng', audience: 'yanzheng', privateKey: undefined, otherPublicKeys: [] },
    });
  });

  it('equals an environment whose settings are all empty or blank', () => {
    for (const blank of ['', ' ', '\t\n']) {
      const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, blank]));
      expect(loadConfig(empty)).toEqual(loadConfig({}));
    }
  });

  it('stops without a drain, and in production with one of five seconds', () => {
    expect(loadConfig({ NODE_ENV: 'test' }).http.shutdownDrainSeconds).toBe(0);
    expect(loadConfig(PRODUCTION).http.shutdownDrainSeconds).toBe(5);
    expect(loadConfig({ ...PRODUCTION, SHUTDOWN_DRAIN_SECONDS: '0' }).http.shutdownDrainSeconds).toBe(0);
  });

  it('yields a frozen configuration', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});

describe('a valid setting', () => {
  it('is part of the configuration', () => {
    const config = loadConfig({
      ...PRODUCTION,
      TOKEN_PRIVATE_KEY: PRIVATE_PEM,
      HOST: '0.0.0.0',
      PORT: '80',
      LOG_LEVEL: 'debug',
      TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1',
      CORS_ORIGINS: 'https://www.example.com,http://localhost:5173',
      SHUTDOWN_DRAIN_SECONDS: '30',
      YUNTONGXUN_TEMPLATE_ID: '1234567',
      YUNTONGXUN_TIMEOUT_SECONDS: '2.5',
      YUNTONGXUN_CONNECTIONS: '8',
      IMAGE_CAPTCHA_TTL_SECONDS: '120',
      CAPTCHA_PER_ADDRESS_PER_MINUTE: '31',
      SMS_CODE_TTL_SECONDS: '240',
      SMS_RESEND_GAP_SECONDS: '0',
      SMS_PER_MOBILE_PER_HOUR: '6',
      SMS_PER_MOBILE_PER_DAY: '11',
      SMS_PER_ADDRESS_PER_HOUR: '21',
      SMS_PER_RANGE_PER_HOUR: '22',
      SMS_PER_DAY: '10001',
      VERIFY_PER_ADDRESS_PER_HOUR: '61',
      ENUMERATION: 'conceal',
      TEST_MOBILES: '13800138000:123456',
      TEST_MOBILES_UNTIL: '2026-01-31',
      TOKEN_ISSUER: 'https://verify.example',
      TOKEN_AUDIENCE: 'shop',
      TOKEN_PREVIOUS_PUBLIC_KEYS: `${PUBLIC_PEM}${PUBLIC_PEM.replaceAll('\n', '\\n')}`,
    });
    expect(config).toMatchObject({
      production: true,
      logLevel: 'debug',
      http: {
        host: '0.0.0.0',
        port: 80,
        trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
        corsOrigins: ['https://www.example.com', 'http://localhost:5173'],
        shutdownDrainSeconds: 30,
      },
      redisUrl: PRODUCTION.REDIS_URL,
      databaseUrl: PRODUCTION.DATABASE_URL,
      codeSecret: Buffer.from(CODE_SECRET),
      testMobiles: {
        mobiles: [{ mobile: '+8613800138000', code: '123456' }],
        untilMs: Date.parse('2026-02-01T00:00:00+08:00'),
      },
      sms: {
        isForDevelopment: false,
        providers: [
          {
            name: 'yuntongxun',
            triesNextAfterLimit: false,
            settings: {
              YUNTONGXUN_BASE_URL: 'https://app.cloopen.com:8883',
              YUNTONGXUN_ACCOUNT_SID: PRODUCTION.YUNTONGXUN_ACCOUNT_SID,
              YUNTONGXUN_AUTH_TOKEN: PRODUCTION.YUNTONGXUN_AUTH_TOKEN,
              YUNTONGXUN_APP_ID: PRODUCTION.YUNTONGXUN_APP_ID,
              YUNTONGXUN_TEMPLATE_ID: '1234567',
              YUNTONGXUN_TIMEOUT_SECONDS: 2.5,
              YUNTONGXUN_CONNECTIONS: 8,
            },
          },
        ],
      },
      captchaTtlSeconds: 120,
      codeTtlSeconds: 240,
      resendAfterSeconds: 0,
      rateLimits: {
        CAPTCHA_PER_ADDRESS_PER_MINUTE: 31,
        SMS_RESEND_GAP_SECONDS: 0,
        SMS_PER_MOBILE_PER_HOUR: 6,
        SMS_PER_MOBILE_PER_DAY: 11,
        SMS_PER_ADDRESS_PER_HOUR: 21,
        SMS_PER_RANGE_PER_HOUR: 22,
        VERIFY_PER_ADDRESS_PER_HOUR: 61,
      },
      smsPerDay: 10_001,
      enumerationProtection: true,
      token: { issuer: 'https://verify.example', audience: 'shop' },
    });
    expect(config.token.privateKey?.equals(p256.privateKey)).toBe(true);
    expect(config.token.otherPublicKeys.map((key) => key.equals(p256.publicKey))).toEqual([true, true]);
  });

  it('may contain the line ends of a key as `\\n`', () => {
    for (const pem of [PRIVATE_PEM, PRIVATE_PEM.trim().replaceAll('\n', '\\n')]) {
      expect(loadConfig({ TOKEN_PRIVATE_KEY: pem }).token.privateKey?.equals(p256.privateKey)).toBe(true);
    }
  });

  it('may be surrounded by white space, such as Windows line ends', () => {
    expect(loadConfig({ PORT: ' 4001\r' }).http.port).toBe(4001);
    expect(loadConfig({ CODE_SECRET: `${CODE_SECRET}\n` }).codeSecret).toEqual(Buffer.from(CODE_SECRET));
  });

  it.each([
    ['PORT', ['0', '65535']],
    ['METRICS_PORT', ['0', '65535']],
    ['NODE_ENV', ['development', 'test']],
    ['LOG_LEVEL', ['trace', 'silent']],
    [
      'REDIS_URL',
      [
        'redis://127.0.0.1:6379',
        'rediss://redis.example/3',
        'redis://a.example:1,redis://b.example:2, redis://c.example:3',
        'redis+sentinel://s1.example:26379,s2.example:26379/master',
        'redis+sentinel://user:password@s1.example/master/2',
        'redis+sentinel://s1.example/master?sentinelPassword=p%40ss',
        'redis+sentinel://:password@s1.example,s2.example/master/2?sentinelUsername=yanzheng&sentinelPassword=pass',
      ],
    ],
    [
      'DATABASE_URL',
      ['postgres://localhost/x', 'postgresql://user:p%40ss@db.example:5432/x?sslmode=require'],
    ],
    ['CODE_SECRET', ['x'.repeat(32), '密'.repeat(11)]],
    ['TOKEN_PRIVATE_KEY', [PRIVATE_PEM]],
    [
      'TOKEN_PREVIOUS_PUBLIC_KEYS',
      [PUBLIC_PEM, `${PUBLIC_PEM}${PUBLIC_PEM}`, `${PUBLIC_PEM}\n\n${PUBLIC_PEM}`],
    ],
    ['ENUMERATION', ['reveal', 'conceal']],
    ['PLAYGROUND', ['on', 'off']],
    ['TRUSTED_PROXIES', ['127.0.0.1', '10.0.0.0/8,fd00::/8', ' 10.0.0.1 , , ::1 ']],
    ['CORS_ORIGINS', ['https://a.example', 'http://localhost:3000,https://b.example:8443']],
    ['SMS_PROVIDER', ['simulated', 'console']],
    [
      'YUNTONGXUN_BASE_URL',
      [
        'https://gateway.example:8883',
        'http://127.0.0.1:8080',
        'http://localhost:1',
        'http://[::1]:1',
        'https://a.b/c',
      ],
    ],
    ['YUNTONGXUN_TIMEOUT_SECONDS', ['0.1', '30', '5.25']],
    ['TENCENT_SIGN_NAME', ['腾讯云', 'Acme 2']],
    ['TENCENT_REPORT_SECRET', ['12345678', 'a_b-C'.repeat(25)]],
    ['SMS_WEBHOOK_URL', ['https://sms.example/send', 'http://127.0.0.1:3001/']],
    ['SMS_WEBHOOK_SECRET', ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', `whsec_${'A'.repeat(84)}AA==`]],
    ['SMS_CODE_TTL_SECONDS', ['1', '600']],
    ['SMS_RESEND_GAP_SECONDS', ['0', '86400']],
    ['SMS_PER_DAY', ['1', '1000000000']],
    ['SMS_GUARD', ['off', 'observe', 'enforce']],
    ['SMS_GUARD_PER_PROOF', ['0', '0.3', '100']],
    ['SMS_GUARD_ALLOW', ['203.0.113.7', '203.0.113.0/24,2001:db8::/32']],
  ])('%s accepts every valid form', (name, values) => {
    for (const value of values) expect(errorsOf({ [name]: value })).toEqual([]);
  });
});

/** Invalid values of each setting, and the error message. */
const INVALID: readonly (readonly [name: string, message: string, values: readonly string[]])[] = [
  [
    'PORT',
    'must be a whole number from 0 to 65535',
    ['-1', '65536', '4000.5', '0x10', '1e3', 'http', '4 000'],
  ],
  ['METRICS_PORT', 'must be a whole number from 0 to 65535', ['-1', '65536', 'on']],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'must be http://… or https://…',
    ['collector:4318', 'grpc://collector:4317'],
  ],
  ['OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1', ['2', '-1', 'always_on']],
  ['SHUTDOWN_DRAIN_SECONDS', 'must be a whole number from 0 to 300', ['-1', '301', '0.5', '5s']],
  ['NODE_ENV', 'must be one of development, test, production', ['prod', 'Production', 'staging']],
  [
    'LOG_LEVEL',
    'must be one of trace, debug, info, warn, error, fatal, silent',
    ['INFO', 'verbose', 'information'],
  ],
  [
    'REDIS_URL',
    'must be redis://…, rediss://…, several of them comma-separated, or redis+sentinel://host/master',
    ['localhost:6379', 'http://redis.example', 'redis.example', 'redis://a,http://b'],
  ],
  ['DATABASE_URL', 'must be postgres://…', ['mysql://db.example/x', 'db.example', 'sqlite:x', 'postgres']],
  ['CODE_SECRET', 'must have at least 32 bytes', ['x'.repeat(31), '密'.repeat(10), 'changeme']],
  [
    'TOKEN_PRIVATE_KEY',
    'must be a P-256 key as PKCS#8 PEM',
    ['secret', PUBLIC_PEM, OTHER_PRIVATE_PEM, PRIVATE_PEM.slice(0, 100)],
  ],
  [
    'TOKEN_PREVIOUS_PUBLIC_KEYS',
    'must be P-256 public keys as PEM',
    ['secret', OTHER_PUBLIC_PEM, `${PUBLIC_PEM}${OTHER_PUBLIC_PEM}`, `${PUBLIC_PEM}and more`],
  ],
  ['ENUMERATION', 'must be one of reveal, conceal', ['on', 'hide']],
  ['PLAYGROUND', 'must be one of on, off', ['true', '1', 'yes', 'ON']],
  ['DEMO', 'must be one of on, off', ['true', '0']],
  [
    'TRUSTED_PROXIES',
    'must be comma-separated IP addresses or CIDR networks',
    [
      '*',
      'true',
      'proxy.example',
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/33',
      '10.0.0.1 10.0.0.2',
      '10.0.0.1;10.0.0.2',
      '1',
      '10.1',
    ],
  ],
  [
    'CORS_ORIGINS',
    'must be comma-separated origins, like https://www.example.com',
    [
      '*',
      'null',
      'www.example.com',
      'https://www.example.com/',
      'https://www.example.com/app',
      'ftp://a.example',
    ],
  ],
  ['SMS_ROUTING', 'must be one of fixed, conversion', ['on', 'Fixed', 'price']],
  [
    'SMS_PROVIDER',
    'must be one of yuntongxun, aliyun, tencent, webhook, simulated, console, or several of them separated by commas',
    ['twilio', 'Yuntongxun', 'none', 'tencent,twilio', 'tencent,tencent', ','],
  ],
  [
    'SMS_FAILOVER_ON_LIMIT',
    'must be one of yuntongxun, aliyun, tencent, webhook, simulated, console, or several of them separated by commas',
    ['twilio', 'Yuntongxun', 'none', 'tencent,twilio', 'tencent,tencent', ','],
  ],
  [
    'YUNTONGXUN_ACCOUNT_SID',
    'must consist of letters, digits and dashes',
    ['8a216da8 5f00', '../x?y=1', '账户'],
  ],
  ['YUNTONGXUN_AUTH_TOKEN', 'must not contain white space', ['0123 4567', '0123\n4567']],
  ['YUNTONGXUN_APP_ID', 'must consist of letters, digits and dashes', ['8a21\t6da8']],
  ['YUNTONGXUN_TEMPLATE_ID', 'must consist of digits', ['one', '1a', '-1', '1.5']],
  [
    'YUNTONGXUN_BASE_URL',
    'must be https://…, or http:// to this machine',
    [
      'http://app.cloopen.com:8883',
      'app.cloopen.com',
      'ftp://127.0.0.1',
      'http://10.0.0.1:8883',
      'http://localhost.example.com',
      'http://127.gateway.example',
      'http://127.0.0.1.gateway.example',
      'http://127.0.0.1@gateway.example',
    ],
  ],
  [
    'YUNTONGXUN_TIMEOUT_SECONDS',
    'must be a number from 0.1 to 30',
    ['0', '0.05', '31', '5s', '5000', '-1', '.5'],
  ],
  ['YUNTONGXUN_CONNECTIONS', 'must be a whole number from 1 to 10000', ['0', '10001', 'many', '1.5']],
  ['TENCENT_SECRET_ID', 'must consist of letters, digits and dashes', ['AKID 1', 'AKID/1', '账户']],
  ['TENCENT_SECRET_KEY', 'must not contain white space', ['a b', 'a\nb']],
  ['TENCENT_SDK_APP_ID', 'must consist of digits', ['app', '1400.1']],
  ['TENCENT_TEMPLATE_ID', 'must consist of digits', ['one', '-1']],
  ['ALIYUN_ACCESS_KEY_ID', 'must consist of letters, digits and dashes', ['LTAI x']],
  ['ALIYUN_ACCESS_KEY_SECRET', 'must not contain white space', ['a secret']],
  ['ALIYUN_BASE_URL', 'must be https://…, or http:// to this machine', ['http://dysmsapi.aliyuncs.com']],
  ['ALIYUN_TIMEOUT_SECONDS', 'must be a number from 0.1 to 30', ['0', '31', '5s']],
  ['ALIYUN_CONNECTIONS', 'must be a whole number from 1 to 10000', ['0', '10001']],
  [
    'ALIYUN_REPORT_SECRET',
    'must consist of 8 to 128 letters, digits, underscores and dashes',
    ['1234567', 'a/b/c/d/e', 'x'.repeat(129)],
  ],
  ['SIMULATOR_PORT', 'must be a whole number from 0 to 65535', ['-1', '65536', 'http']],
  [
    'SIMULATOR_REPORT_URL',
    'must be https://…, or http:// to this machine',
    ['http://staging.example/webhooks', '/webhooks'],
  ],
  ['SIMULATOR_NUMBER_LIMITS', 'must be one of on, off', ['true', 'yes']],
  ['ALIYUN_TEMPLATE_CODE', 'must consist of letters, digits and dashes', ['SMS 1']],
  ['TENCENT_REGION', 'must consist of letters, digits and dashes', ['ap guangzhou']],
  ['TENCENT_BASE_URL', 'must be https://…, or http:// to this machine', ['http://sms.tencentcloudapi.com']],
  ['TENCENT_TIMEOUT_SECONDS', 'must be a number from 0.1 to 30', ['0', '31', '5s']],
  ['TENCENT_CONNECTIONS', 'must be a whole number from 1 to 10000', ['0', '10001']],
  [
    'YUNTONGXUN_REPORT_SECRET',
    'must consist of 8 to 128 letters, digits, underscores and dashes',
    ['1234567', 'a/b/c/d/e', 'x'.repeat(129)],
  ],
  [
    'TENCENT_REPORT_SECRET',
    'must consist of 8 to 128 letters, digits, underscores and dashes',
    ['1234567', 'a/b/c/d/e', 'x'.repeat(129)],
  ],
  [
    'SMS_WEBHOOK_URL',
    'must be https://…, or http:// to this machine',
    ['http://sms.example/', 'https://sms.example/?key=1', 'https://user@sms.example/', '/sms'],
  ],
  [
    'SMS_WEBHOOK_SECRET',
    'must be whsec_ and the Base64 of 24 to 64 bytes',
    [
      'whsec_',
      'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'whsec_c2hvcnQ=',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w',
    ],
  ],
  ['SMS_WEBHOOK_TIMEOUT_SECONDS', 'must be a number from 0.1 to 30', ['0', '31', '5s']],
  ['SMS_WEBHOOK_CONNECTIONS', 'must be a whole number from 1 to 10000', ['0', '10001']],
  ['IMAGE_CAPTCHA_TTL_SECONDS', 'must be a whole number from 1 to 3600', ['0', '3601', '3m']],
  ['CAPTCHA_PER_ADDRESS_PER_MINUTE', 'must be a whole number from 1 to 1000000000', ['0', '-1', 'none']],
  ['SMS_CODE_TTL_SECONDS', 'must be a whole number from 1 to 600', ['0', '601', '300000', '5m']],
  ['SMS_RESEND_GAP_SECONDS', 'must be a whole number from 0 to 86400', ['86401', '-1', '60s']],
  ['SMS_PER_MOBILE_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '2.5', 'Infinity']],
  ['SMS_PER_MOBILE_PER_DAY', 'must be a whole number from 1 to 1000000000', ['0', 'unlimited']],
  ['SMS_PER_ADDRESS_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '1e9']],
  ['SMS_PER_RANGE_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '+1']],
  ['SMS_PER_DAY', 'must be a whole number from 1 to 1000000000', ['0', '1000000001', '10,000', '10_000']],
  ['SMS_GUARD', 'must be one of off, observe, enforce', ['on', 'true']],
  ['SMS_GUARD_BASE_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '0.5', '-1']],
  ['SMS_GUARD_BASE_PER_DAY', 'must be a whole number from 1 to 1000000000', ['0', '0.5', '-1']],
  ['SMS_GUARD_PER_PROOF', 'must be a number from 0 to 100', ['-1', '101', 'half']],
  ['SMS_GUARD_ALLOW', 'must be comma-separated IP addresses or CIDR networks', ['office', '0.0.0.0/0', '1']],
  [
    'TEST_MOBILES',
    'must be comma-separated mobiles with codes of six digits, like 13800138000:123456',
    ['13800138000', '13800138000:12345', '12800138000:123456', '13800138000:123456;13800138001:123456'],
  ],
  ['TEST_MOBILES_UNTIL', 'must be a date, like 2026-12-31', ['2026-02-30', '31.12.2026', 'never', '90']],
  ['VERIFY_PER_ADDRESS_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', 'NaN']],
];

/** Each has the prefix of Sentinel and an error after it. */
const INVALID_SENTINEL_URLS = [
  'redis+sentinel://a.example',
  'redis+sentinel:///master',
  'redis+sentinel://a.example:port/master',
  'redis+sentinel://a.example:70000/master',
  'redis+sentinel://a.example,/master',
  'redis+sentinel://a.example/master/first',
  'redis+sentinel://user:p%zz@a.example/master',
  'redis+sentinel://a.example/master?password=secret',
  'redis+sentinel://a.example/master?sentinelUsername=yanzheng',
  'redis+sentinel://a.example/master?sentinelPassword=a&sentinelPassword=b',
];

describe('a REDIS_URL of Sentinel', () => {
  it.each(INVALID_SENTINEL_URLS)('is rejected with the form that it must have: %s', (REDIS_URL) => {
    expect(errorsOf({ REDIS_URL })).toEqual([
      expect.stringContaining('REDIS_URL must have the form redis+sentinel://'),
    ]);
  });
});

describe('an invalid setting', () => {
  it.each(INVALID)('%s is reported: it %s', (name, message, values) => {
    for (const value of values) {
      expect({ value, errors: errorsOf({ [name]: value }) }).toEqual({
        value,
        errors: [`${name} ${message}`],
      });
    }
  });

  it('is tested here for every setting that does not accept any text', () => {
    const anyText = [
      'OTEL_SERVICE_NAME',
      'HOST',
      'SIMULATOR_HOST',
      'TOKEN_ISSUER',
      'TOKEN_AUDIENCE',
      'ALIYUN_SIGN_NAME',
      'TENCENT_SIGN_NAME',
    ];
    const tested = new Set([...INVALID.map(([name]) => name), ...anyText, ...Object.keys(rateLimitSettings)]);
    expect([...tested].toSorted()).toEqual(Object.keys(settings).toSorted());
  });

  it.each(Object.keys(rateLimitSettings))('%s is reported unless it is a whole number', (name) => {
    for (const value of ['-1', '2.5', '1e9', 'none', '10_000'])
      expect(errorsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} must be a whole number`)]);
  });

  it('is reported together with all others, each once', () => {
    const environment = Object.fromEntries(INVALID.map(([name, , [value]]) => [name, value]));
    const errors = errorsOf({ ...environment, SMS_PROVIDER_NAME: 'x' });
    expect(errors.toSorted()).toEqual(
      [
        ...INVALID.map(([name, message]) => `${name} ${message}`),
        'SMS_PROVIDER_NAME is not a setting',
      ].toSorted(),
    );
  });

  it('has its own line in the message of ConfigError', () => {
    expect(() => loadConfig({ PORT: 'http', LOG_LEVEL: 'loud' })).toThrow(
      new ConfigError([
        'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
        'PORT must be a whole number from 0 to 65535',
      ]),
    );
    expect(new ConfigError(['PORT is wrong', 'HOST is wrong']).message).toBe(
      'Invalid settings, 2 error(s):\n  - PORT is wrong\n  - HOST is wrong',
    );
  });

  it('is never quoted, because it may be a secret', () => {
    const marked = 'pa55word';
    const values = [marked, `${marked} ${marked}`, `http://${marked}`, `redis:/${marked},x`, `${marked}\n`];
    values.push(`redis+sentinel://h/m?sentinelPasswort=${marked}`, `redis+sentinel://u:${marked}@h`);
    for (const value of values) {
      const environment = Object.fromEntries(Object.keys(settings).map((name) => [name, value]));
      const error = caught({ ...environment, SMS_TOKEN: value });
      expect(error).toBeInstanceOf(ConfigError);
      expect(JSON.stringify([error.message, error.stack, error])).not.toContain(marked);
      expect(error.cause).toBeUndefined();
    }
  });
});

function caught(environment: Environment): Error {
  try {
    loadConfig(environment);
  } catch (error) {
    return error as Error;
  }
  throw new Error('no error was thrown');
}
