// Which settings are required: in production, by a provider, and by a command.

import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { errorsOf, PRODUCTION } from '../support/settings.ts';

describe('NODE_ENV=production', () => {
  it('accepts a configuration with stores, secrets, a daily limit and a provider', () => {
    expect(errorsOf(PRODUCTION)).toEqual([]);
  });

  it.each([
    ['REDIS_URL', 'REDIS_URL is missing: production requires it'],
    ['DATABASE_URL', 'DATABASE_URL is missing: production requires it'],
    ['CODE_SECRET', 'CODE_SECRET is missing: production requires it'],
    ['TOKEN_PRIVATE_KEY', 'TOKEN_PRIVATE_KEY is missing: production requires it'],
    ['SMS_PER_DAY', 'SMS_PER_DAY is missing: production requires it'],
    ['SMS_PROVIDER', 'SMS_PROVIDER must be one of yuntongxun, aliyun, tencent, webhook in production'],
    ['YUNTONGXUN_ACCOUNT_SID', 'YUNTONGXUN_ACCOUNT_SID is missing: SMS_PROVIDER is yuntongxun'],
    ['YUNTONGXUN_AUTH_TOKEN', 'YUNTONGXUN_AUTH_TOKEN is missing: SMS_PROVIDER is yuntongxun'],
    ['YUNTONGXUN_APP_ID', 'YUNTONGXUN_APP_ID is missing: SMS_PROVIDER is yuntongxun'],
  ])('requires %s, and an empty value counts as absent', (name, error) => {
    expect(errorsOf({ ...PRODUCTION, [name]: undefined })).toEqual([error]);
    expect(errorsOf({ ...PRODUCTION, [name]: '' })).toEqual([error]);
    expect(errorsOf({ ...PRODUCTION, [name]: '  ' })).toEqual([error]);
  });

  it.each(['simulated', 'console'])('rejects the provider %s, which sends nothing', (provider) => {
    expect(errorsOf({ ...PRODUCTION, SMS_PROVIDER: provider })).toEqual([
      'SMS_PROVIDER must be one of yuntongxun, aliyun, tencent, webhook in production',
    ]);
  });

  it('reports all missing settings at once', () => {
    expect(errorsOf({ NODE_ENV: 'production' })).toEqual([
      'DATABASE_URL is missing: production requires it',
      'SMS_PER_DAY is missing: production requires it',
      'REDIS_URL is missing: production requires it',
      'CODE_SECRET is missing: production requires it',
      'TOKEN_PRIVATE_KEY is missing: production requires it',
      'SMS_PROVIDER must be one of yuntongxun, aliyun, tencent, webhook in production',
    ]);
  });

  it('does not report an invalid setting as missing', () => {
    expect(errorsOf({ ...PRODUCTION, CODE_SECRET: 'short', REDIS_URL: 'nowhere' })).toEqual([
      'REDIS_URL must be redis://…, rediss://…, several of them comma-separated, or redis+sentinel://host/master',
      'CODE_SECRET must have at least 32 bytes',
    ]);
  });
});

describe('SMS_PROVIDER=tencent', () => {
  it('requires the account, the application, the signature and the template', () => {
    expect(errorsOf({ SMS_PROVIDER: 'tencent' })).toEqual([
      'TENCENT_SECRET_ID is missing: SMS_PROVIDER is tencent',
      'TENCENT_SECRET_KEY is missing: SMS_PROVIDER is tencent',
      'TENCENT_SDK_APP_ID is missing: SMS_PROVIDER is tencent',
      'TENCENT_SIGN_NAME is missing: SMS_PROVIDER is tencent',
      'TENCENT_TEMPLATE_ID is missing: SMS_PROVIDER is tencent',
    ]);
  });
});

describe('SMS_PROVIDER=webhook', () => {
  it('requires the URL and the secret', () => {
    expect(errorsOf({ SMS_PROVIDER: 'webhook' })).toEqual([
      'SMS_WEBHOOK_URL is missing: SMS_PROVIDER is webhook',
      'SMS_WEBHOOK_SECRET is missing: SMS_PROVIDER is webhook',
    ]);
  });
});

describe('SMS_PROVIDER=yuntongxun', () => {
  it('requires the account outside production, too', () => {
    expect(errorsOf({ SMS_PROVIDER: 'yuntongxun' })).toEqual([
      'YUNTONGXUN_ACCOUNT_SID is missing: SMS_PROVIDER is yuntongxun',
      'YUNTONGXUN_AUTH_TOKEN is missing: SMS_PROVIDER is yuntongxun',
      'YUNTONGXUN_APP_ID is missing: SMS_PROVIDER is yuntongxun',
    ]);
  });

  it('is not selected by the presence of an account', () => {
    const { YUNTONGXUN_ACCOUNT_SID, YUNTONGXUN_AUTH_TOKEN, YUNTONGXUN_APP_ID } = PRODUCTION;
    const account = { YUNTONGXUN_ACCOUNT_SID, YUNTONGXUN_AUTH_TOKEN, YUNTONGXUN_APP_ID };
    expect(loadConfig(account).sms.providers).toEqual([
      { name: 'simulated', settings: {}, triesNextAfterLimit: false },
    ]);
  });
});

describe('the settings of a command', () => {
  it('require only the database in production for commands that use it alone', () => {
    const { NODE_ENV, DATABASE_URL } = PRODUCTION;
    expect(errorsOf({ NODE_ENV, DATABASE_URL }, 'database')).toEqual([]);
    expect(errorsOf({ NODE_ENV }, 'database')).toEqual(['DATABASE_URL is missing: production requires it']);
    expect(errorsOf({}, 'database')).toEqual([]);
  });

  it('require Redis and the secret everywhere for commands that use Redis', () => {
    const { REDIS_URL, CODE_SECRET } = PRODUCTION;
    expect(errorsOf({ REDIS_URL, CODE_SECRET }, 'redis')).toEqual([]);
    expect(errorsOf({ NODE_ENV: 'production', REDIS_URL, CODE_SECRET }, 'redis')).toEqual([]);
    expect(errorsOf({}, 'redis')).toEqual([
      'REDIS_URL is missing: another process cannot reach the embedded Redis',
      'CODE_SECRET is missing: the Redis keys of a mobile depend on it',
    ]);
  });

  it('are checked for invalid values and unknown names like those of the service', () => {
    expect(errorsOf({ PORT: 'http', SMS_PROVIDR: 'console' }, 'database')).toEqual([
      'SMS_PROVIDR is not a setting',
      'PORT must be a whole number from 0 to 65535',
    ]);
  });
});
