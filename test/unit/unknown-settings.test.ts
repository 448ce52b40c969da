// Names that resemble settings are reported. Variables of other programs are ignored.

import { describe, expect, it } from '@jest/globals';
import { unknownSettings } from '../../src/config/unknown-settings.ts';
import { smsProviderSettings } from '../../src/sms/providers/providers.ts';
import { errorsOf } from '../support/settings.ts';

describe('a name that resembles a setting', () => {
  it.each([
    'SMS_PROVIDR',
    'SMS_PER_MOBILE_PER_MINUTE',
    'SMS_CODE_TTL',
    'YUNTONGXUN_TOKEN',
    'YUNTONGXUN_ACCOUNT_ID',
    'YUNTONGXUN_REPORTS_SECRET',
    'TOKEN_KEY',
    'CODE_SECRETS',
    'IMAGE_CAPTCHA_TTL',
    'CAPTCHA_TTL_SECONDS',
    'VERIFY_PER_HOUR',
    'TRUSTED_PROXY',
    'CORS_ORIGIN',
    'SHUTDOWN_DRAIN',
    'ENUMERATION_MODE',
  ])('%s is reported, because a default would apply without notice', (name) => {
    expect(errorsOf({ [name]: '1' })).toEqual([`${name} is not a setting`]);
  });
});

describe('a variable of another program', () => {
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
  ])('%s is ignored', (name) => {
    expect(errorsOf({ [name]: 'tcp://10.0.0.1:6379' })).toEqual([]);
  });

  it('is ignored when Kubernetes sets it for a service named like a setting', () => {
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
      expect(errorsOf(environment)).toEqual([]);
    }
  });
});

describe('unknownSettings', () => {
  const known = ['SMS_PROVIDER', 'PORT'];

  it('reports one error for each unknown name, in the order of the environment', () => {
    const environment = { SMS_B: '1', PATH: '/bin', SMS_PROVIDER: 'console', TOKEN_A: '' };
    expect(unknownSettings(environment, known)).toEqual(['SMS_B', 'TOKEN_A']);
  });

  it('does not quote values', () => {
    expect(unknownSettings({ SMS_TOKEN: 'pa55word' }, known).join()).not.toContain('pa55word');
  });

  it('compares whole words, with their case', () => {
    const environment = { SMSX_A: '1', MY_SMS_A: '1', sms_a: '1', SMS: '1', CODEX_A: '1', TOKENS_A: '1' };
    expect(unknownSettings(environment, known)).toEqual([]);
  });

  it('knows the first word of the settings of every provider', () => {
    const words = new Set(Object.keys(smsProviderSettings).map((name) => name.split('_', 1)[0]));
    for (const word of words)
      expect(unknownSettings({ [`${word}_TYPO`]: '1' }, known)).toEqual([`${word}_TYPO`]);
  });
});
