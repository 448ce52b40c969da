// All settings of the service: the settings of every module, merged.

import { captchaSettings } from '../captcha/captcha.settings.ts';
import { guardSettings } from '../guard/guard.settings.ts';
import { httpSettings } from '../http/http.settings.ts';
import { postgresSettings } from '../infrastructure/postgres/postgres.settings.ts';
import { redisSettings } from '../infrastructure/redis/redis.settings.ts';
import { tracingSettings } from '../observability/tracing.settings.ts';
import { rateLimitSettings } from '../rate-limiting/limits.ts';
import { simulatorSettings } from '../sms/simulator/simulator.settings.ts';
import { smsSettings } from '../sms/sms.settings.ts';
import { spendCapSettings } from '../spend-cap/spend-cap.settings.ts';
import { testMobilesSettings } from '../verification/test-mobiles/test-mobiles.settings.ts';
import { tokenSettings } from '../verification/tokens/token.settings.ts';
import { verificationSettings } from '../verification/verification.settings.ts';
import { oneOf, type SettingValues } from './env.ts';

const processSettings = {
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
};

export const settings = {
  ...processSettings,
  ...tracingSettings,
  ...httpSettings,
  ...redisSettings,
  ...postgresSettings,
  ...verificationSettings,
  ...testMobilesSettings,
  ...tokenSettings,
  ...captchaSettings,
  ...smsSettings,
  ...simulatorSettings,
  ...rateLimitSettings,
  ...guardSettings,
  ...spendCapSettings,
};

export type SettingName = keyof typeof settings;
export type Settings = SettingValues<typeof settings>;
