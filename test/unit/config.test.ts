// The settings: what is read, what is refused, and that a refusal names every fault and quotes no value.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type Environment, readConfig } from '../../src/config/load-config.ts';
import { settings } from '../../src/config/settings.ts';

const SECRET = 'a secret of thirty-two bytes, or so';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PRIVATE_PEM = p256.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const PUBLIC_PEM = p256.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const OTHER_PRIVATE_PEM = otherCurve.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const OTHER_PUBLIC_PEM = otherCurve.publicKey.export({ type: 'spki', format: 'pem' }) as string;

/** All that production asks for. */
const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  REDIS_URL: 'rediss://user:password@redis.example:6379/0',
  DATABASE_URL: 'postgres://user:password@postgres.example:5432/yanzheng',
  CODE_SECRET: SECRET,
  TOKEN_PRIVATE_KEY: PRIVATE_PEM,
  SMS_PER_DAY: '5000',
  SMS_PROVIDER: 'yuntongxun',
  YUNTONGXUN_ACCOUNT_SID: '8a216da85f0000000000000000000001',
  YUNTONGXUN_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  YUNTONGXUN_APP_ID: '8a216da85f0000000000000000000002',
};

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('a bare environment', () => {
  it('is enough: everything is embedded and no text leaves the machine', () => {
    expect(readConfig({})).toMatchObject({
      production: false,
      logLevel: 'info',
      http: { host: '127.0.0.1', port: 4000, trustedProxies: [], corsOrigins: [] },
      redisUrl: undefined,
      databaseUrl: undefined,
      codeSecret: undefined,
      sms: { provider: 'simulated' },
      captcha: { ttlSeconds: 180, perAddressPerMinute: 30 },
      smsCodeTtlSeconds: 300,
      sendLimits: {
        resendGapSeconds: 60,
        perMobilePerHour: 5,
        perMobilePerDay: 10,
        perAddressPerHour: 20,
        perRangePerHour: 20,
        perDay: 10_000,
      },
      verifyPerAddressPerHour: 60,
      concealsRegistered: false,
      token: { issuer: 'yanzheng', audience: 'yanzheng', privateKey: undefined, otherPublicKeys: [] },
    });
  });

  it('is the same as one where every setting is empty or blank', () => {
    for (const nothing of ['', ' ', '\t\n']) {
      const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, nothing]));
      expect(readConfig(empty)).toEqual(readConfig({}));
    }
  });

  it('gives settings that nobody can change afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});

describe('a setting', () => {
  it('arrives where it is used', () => {
    const config = readConfig({
      ...PRODUCTION,
      HOST: '0.0.0.0',
      PORT: '80',
      LOG_LEVEL: 'debug',
      TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1',
      CORS_ORIGINS: 'https://www.example.com,http://localhost:5173',
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
      },
      redisUrl: PRODUCTION.REDIS_URL,
      databaseUrl: PRODUCTION.DATABASE_URL,
      codeSecret: Buffer.from(SECRET),
      sms: {
        provider: 'yuntongxun',
        baseUrl: 'https://app.cloopen.com:8883',
        accountSid: PRODUCTION.YUNTONGXUN_ACCOUNT_SID,
        authToken: PRODUCTION.YUNTONGXUN_AUTH_TOKEN,
        appId: PRODUCTION.YUNTONGXUN_APP_ID,
        templateId: '1234567',
        timeoutSeconds: 2.5,
        connections: 8,
      },
      captcha: { ttlSeconds: 120, perAddressPerMinute: 31 },
      smsCodeTtlSeconds: 240,
      sendLimits: {
        resendGapSeconds: 0,
        perMobilePerHour: 6,
        perMobilePerDay: 11,
        perAddressPerHour: 21,
        perRangePerHour: 22,
        perDay: 10_001,
      },
      verifyPerAddressPerHour: 61,
      concealsRegistered: true,
      token: { issuer: 'https://verify.example', audience: 'shop' },
    });
    expect(config.token.privateKey?.equals(p256.privateKey)).toBe(true);
    expect(config.token.otherPublicKeys.map((key) => key.equals(p256.publicKey))).toEqual([true, true]);
  });

  it('that is a key may have its lines in one', () => {
    for (const pem of [PRIVATE_PEM, PRIVATE_PEM.trim().replaceAll('\n', '\\n')]) {
      expect(readConfig({ TOKEN_PRIVATE_KEY: pem }).token.privateKey?.equals(p256.privateKey)).toBe(true);
    }
  });

  it('may have white space around it, as from a file with Windows line ends', () => {
    expect(readConfig({ PORT: ' 4001\r' }).http.port).toBe(4001);
    expect(readConfig({ CODE_SECRET: `${SECRET}\n` }).codeSecret).toEqual(Buffer.from(SECRET));
  });

  it.each([
    ['PORT', ['0', '65535']],
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
    ['SMS_CODE_TTL_SECONDS', ['1', '600']],
    ['SMS_RESEND_GAP_SECONDS', ['0', '86400']],
    ['SMS_PER_DAY', ['1', '1000000000']],
  ])('%s takes every right form', (name, values) => {
    for (const value of values) expect(faultsOf({ [name]: value })).toEqual([]);
  });
});

/** For each setting values that are wrong, and what is said of them. */
const WRONG: readonly (readonly [name: string, message: string, values: readonly string[]])[] = [
  [
    'PORT',
    'must be a whole number from 0 to 65535',
    ['-1', '65536', '4000.5', '0x10', '1e3', 'http', '4 000'],
  ],
  ['NODE_ENV', 'must be one of development, test, production', ['prod', 'Production', 'staging']],
  [
    'LOG_LEVEL',
    'must be one of trace, debug, info, warn, error, fatal, silent',
    ['INFO', 'verbose', 'information'],
  ],
  [
    'REDIS_URL',
    'must be redis://…, rediss://…, several of them with commas, or redis+sentinel://host/master',
    [
      'localhost:6379',
      'http://redis.example',
      'redis.example',
      'redis://a,http://b',
      'redis+sentinel://a.example',
    ],
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
    'must be IP addresses or CIDR networks with commas',
    ['*', 'true', 'proxy.example', '10.0.0.0/33', '10.0.0.1 10.0.0.2', '10.0.0.1;10.0.0.2', '1', '10.1'],
  ],
  [
    'CORS_ORIGINS',
    'must be origins with commas, like https://www.example.com',
    [
      '*',
      'null',
      'www.example.com',
      'https://www.example.com/',
      'https://www.example.com/app',
      'ftp://a.example',
    ],
  ],
  ['SMS_PROVIDER', 'must be one of yuntongxun, simulated, console', ['twilio', 'Yuntongxun', 'none']],
  ['YUNTONGXUN_ACCOUNT_SID', 'must be letters, digits and dashes', ['8a216da8 5f00', '../x?y=1', '账户']],
  ['YUNTONGXUN_AUTH_TOKEN', 'must hold no white space', ['0123 4567', '0123\n4567']],
  ['YUNTONGXUN_APP_ID', 'must be letters, digits and dashes', ['8a21\t6da8']],
  ['YUNTONGXUN_TEMPLATE_ID', 'must be digits', ['one', '1a', '-1', '1.5']],
  [
    'YUNTONGXUN_BASE_URL',
    'must be https://…, or http:// to this very machine',
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
  ['YUNTONGXUN_REPORT_SECRET', 'must hold no white space', ['two words']],
  ['IMAGE_CAPTCHA_TTL_SECONDS', 'must be a whole number from 1 to 3600', ['0', '3601', '3m']],
  ['CAPTCHA_PER_ADDRESS_PER_MINUTE', 'must be a whole number from 1 to 1000000000', ['0', '-1', 'none']],
  ['SMS_CODE_TTL_SECONDS', 'must be a whole number from 1 to 600', ['0', '601', '300000', '5m']],
  ['SMS_RESEND_GAP_SECONDS', 'must be a whole number from 0 to 86400', ['86401', '-1', '60s']],
  ['SMS_PER_MOBILE_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '2.5', 'Infinity']],
  ['SMS_PER_MOBILE_PER_DAY', 'must be a whole number from 1 to 1000000000', ['0', 'unlimited']],
  ['SMS_PER_ADDRESS_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '1e9']],
  ['SMS_PER_RANGE_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', '+1']],
  ['SMS_PER_DAY', 'must be a whole number from 1 to 1000000000', ['0', '1000000001', '10,000', '10_000']],
  ['VERIFY_PER_ADDRESS_PER_HOUR', 'must be a whole number from 1 to 1000000000', ['0', 'NaN']],
];

describe('a wrong setting', () => {
  it.each(WRONG)('%s is refused by itself: it %s', (name, message, values) => {
    for (const value of values) {
      expect({ value, faults: faultsOf({ [name]: value }) }).toEqual({
        value,
        faults: [`${name} ${message}`],
      });
    }
  });

  it('is known for every setting that has a form', () => {
    const ofAnyForm = ['HOST', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE'];
    expect([...WRONG.map(([name]) => name), ...ofAnyForm].toSorted()).toEqual(
      Object.keys(settings).toSorted(),
    );
  });

  it('is never the only one named: all faults come together, each once', () => {
    const environment = Object.fromEntries(WRONG.map(([name, , [value]]) => [name, value]));
    const faults = faultsOf({ ...environment, SMS_PROVIDER_NAME: 'x' });
    expect(faults.toSorted()).toEqual(
      [
        ...WRONG.map(([name, message]) => `${name} ${message}`),
        'SMS_PROVIDER_NAME is not a setting',
      ].toSorted(),
    );
  });

  it('is told of in one message, a line for each fault', () => {
    expect(() => readConfig({ PORT: 'http', LOG_LEVEL: 'loud' })).toThrow(
      new ConfigError([
        'PORT must be a whole number from 0 to 65535',
        'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
      ]),
    );
    expect(new ConfigError(['PORT is wrong', 'HOST is wrong']).message).toBe(
      'The settings have 2 fault(s):\n  - PORT is wrong\n  - HOST is wrong',
    );
  });

  it('is never quoted, for it may be a secret', () => {
    const marked = 'pa55word';
    const values = [marked, `${marked} ${marked}`, `http://${marked}`, `redis:/${marked},x`, `${marked}\n`];
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
    readConfig(environment);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('production', () => {
  it('starts with stores, a secret and a provider', () => {
    expect(faultsOf(PRODUCTION)).toEqual([]);
  });

  it.each([
    ['REDIS_URL', 'REDIS_URL is missing: the embedded Redis is not for production'],
    ['DATABASE_URL', 'DATABASE_URL is missing: the embedded database is not for production'],
    ['CODE_SECRET', 'CODE_SECRET is missing: a generated secret is not for production'],
    ['TOKEN_PRIVATE_KEY', 'TOKEN_PRIVATE_KEY is missing: a generated key is not for production'],
    ['SMS_PER_DAY', 'SMS_PER_DAY is missing: what the worst day may cost is for you to say'],
    ['SMS_PROVIDER', 'SMS_PROVIDER must name one that sends, in production: not simulated, not console'],
    ['YUNTONGXUN_ACCOUNT_SID', 'YUNTONGXUN_ACCOUNT_SID is missing: SMS_PROVIDER is yuntongxun'],
    ['YUNTONGXUN_AUTH_TOKEN', 'YUNTONGXUN_AUTH_TOKEN is missing: SMS_PROVIDER is yuntongxun'],
    ['YUNTONGXUN_APP_ID', 'YUNTONGXUN_APP_ID is missing: SMS_PROVIDER is yuntongxun'],
  ])('does not start without %s, nor with an empty one', (name, fault) => {
    expect(faultsOf({ ...PRODUCTION, [name]: undefined })).toEqual([fault]);
    expect(faultsOf({ ...PRODUCTION, [name]: '' })).toEqual([fault]);
    expect(faultsOf({ ...PRODUCTION, [name]: '  ' })).toEqual([fault]);
  });

  it.each(['simulated', 'console'])(
    'does not start with the provider %s, which sends nothing',
    (provider) => {
      expect(faultsOf({ ...PRODUCTION, SMS_PROVIDER: provider })).toEqual([
        'SMS_PROVIDER must name one that sends, in production: not simulated, not console',
      ]);
    },
  );

  it('names all that is missing at once', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'DATABASE_URL is missing: the embedded database is not for production',
      'REDIS_URL is missing: the embedded Redis is not for production',
      'CODE_SECRET is missing: a generated secret is not for production',
      'TOKEN_PRIVATE_KEY is missing: a generated key is not for production',
      'SMS_PER_DAY is missing: what the worst day may cost is for you to say',
      'SMS_PROVIDER must name one that sends, in production: not simulated, not console',
    ]);
  });

  it('does not call a setting missing that is there and wrong', () => {
    expect(faultsOf({ ...PRODUCTION, CODE_SECRET: 'short', REDIS_URL: 'nowhere' })).toEqual([
      'REDIS_URL must be redis://…, rediss://…, several of them with commas, or redis+sentinel://host/master',
      'CODE_SECRET must have at least 32 bytes',
    ]);
  });
});

describe('the provider yuntongxun', () => {
  it('needs its account anywhere, not in production alone', () => {
    expect(faultsOf({ SMS_PROVIDER: 'yuntongxun' })).toEqual([
      'YUNTONGXUN_ACCOUNT_SID is missing: SMS_PROVIDER is yuntongxun',
      'YUNTONGXUN_AUTH_TOKEN is missing: SMS_PROVIDER is yuntongxun',
      'YUNTONGXUN_APP_ID is missing: SMS_PROVIDER is yuntongxun',
    ]);
  });

  it('is not chosen by its account alone', () => {
    const { YUNTONGXUN_ACCOUNT_SID, YUNTONGXUN_AUTH_TOKEN, YUNTONGXUN_APP_ID } = PRODUCTION;
    const account = { YUNTONGXUN_ACCOUNT_SID, YUNTONGXUN_AUTH_TOKEN, YUNTONGXUN_APP_ID };
    expect(readConfig(account).sms).toEqual({ provider: 'simulated' });
  });

  it('says how long a request for a text may take, which others take five seconds for', () => {
    const settings = { ...PRODUCTION, YUNTONGXUN_TIMEOUT_SECONDS: '30' };
    expect(readConfig(settings).requestAtMostMs).toBe(33_000);
    expect(readConfig({ YUNTONGXUN_TIMEOUT_SECONDS: '30' }).requestAtMostMs).toBe(8000);
  });
});

describe('a name that is almost a setting', () => {
  it.each([
    'SMS_PROVIDR',
    'SMS_PER_MOBILE_PER_MINUTE',
    'SMS_CODE_TTL',
    'YUNTONGXUN_TOKEN',
    'YUNTONGXUN_ACCOUNT_ID',
    'TOKEN_KEY',
    'CODE_SECRETS',
    'IMAGE_CAPTCHA_TTL',
    'CAPTCHA_TTL_SECONDS',
    'VERIFY_PER_HOUR',
    'TRUSTED_PROXY',
    'CORS_ORIGIN',
    'ENUMERATION_MODE',
  ])('%s is refused, since its default would silently be in force', (name) => {
    expect(faultsOf({ [name]: '1' })).toEqual([`${name} is not a setting`]);
  });
});

describe('names that are none of ours', () => {
  it.each([
    'PATH',
    'HOME',
    'TZ',
    'npm_config_registry',
    'NODE_OPTIONS',
    'KUBERNETES_SERVICE_HOST',
    'REDIS_SERVICE_HOST',
    'REDIS_SERVICE_PORT',
    'REDIS_PORT',
    'REDIS_PORT_6379_TCP_ADDR',
    'DATABASE_SERVICE_HOST',
    'DATABASE_PORT_5432_TCP',
    'YANZHENG_PORT',
    'YANZHENG_SERVICE_PORT_HTTP',
  ])('%s is let pass', (name) => {
    expect(faultsOf({ [name]: 'tcp://10.0.0.1:6379' })).toEqual([]);
  });

  it('include those that Kubernetes makes for a service called sms-gateway, token, code or captcha', () => {
    for (const service of ['SMS_GATEWAY', 'TOKEN', 'CODE', 'CAPTCHA', 'VERIFY_API']) {
      const environment = {
        [`${service}_SERVICE_HOST`]: '10.0.0.1',
        [`${service}_SERVICE_PORT`]: '80',
        [`${service}_SERVICE_PORT_HTTP`]: '80',
        [`${service}_PORT`]: 'tcp://10.0.0.1:80',
        [`${service}_PORT_80_TCP`]: 'tcp://10.0.0.1:80',
        [`${service}_PORT_80_TCP_PROTO`]: 'tcp',
        [`${service}_PORT_80_TCP_PORT`]: '80',
        [`${service}_PORT_80_TCP_ADDR`]: '10.0.0.1',
      };
      expect(faultsOf(environment)).toEqual([]);
    }
  });
});
