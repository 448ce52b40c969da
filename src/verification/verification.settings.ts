// The settings of codes and of user-enumeration protection.

import { bytes, confidential, oneOf, seconds } from '../config/env.ts';

export const CODE_SECRET_MIN_BYTES = 32;
/** NIST SP 800-63B-4 §3.1.3.2: a code is valid for at most ten minutes. */
const CODE_TTL_MAX_SECONDS = 600;

export const verificationSettings = {
  CODE_SECRET: confidential(bytes(CODE_SECRET_MIN_BYTES).optional()),
  SMS_CODE_TTL_SECONDS: seconds(1, CODE_TTL_MAX_SECONDS).default(300),
  ENUMERATION: oneOf('reveal', 'conceal').default('reveal'),
};
