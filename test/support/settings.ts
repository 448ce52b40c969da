// Environments for the tests of settings.

import { generateKeyPairSync } from 'node:crypto';
import { ConfigError, type ConfigScope, type Environment, loadConfig } from '../../src/config/load-config.ts';

export const CODE_SECRET = 'a secret of thirty-two bytes, or so';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Everything that production requires. */
export const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  REDIS_URL: 'rediss://user:password@redis.example:6379/0',
  DATABASE_URL: 'postgres://user:password@postgres.example:5432/yanzheng',
  CODE_SECRET,
  TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  SMS_PER_DAY: '5000',
  SMS_PROVIDER: 'yuntongxun',
  YUNTONGXUN_ACCOUNT_SID: '8a216da85f0000000000000000000001',
  YUNTONGXUN_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  YUNTONGXUN_APP_ID: '8a216da85f0000000000000000000002',
};

/** The errors of the environment, or an empty list. */
export function errorsOf(environment: Environment, scope?: ConfigScope): readonly string[] {
  try {
    loadConfig(environment, scope);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}
