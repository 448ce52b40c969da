// Settings that every provider over HTTP has, each under its own prefix.

import { decimal, integer, text } from '../../../config/env.ts';
import {
  SMS_PROVIDER_TIMEOUT_MAX_SECONDS,
  SMS_PROVIDER_TIMEOUT_SECONDS,
} from '../../../config/time-budgets.ts';

export const timeoutSeconds = decimal(0.1, SMS_PROVIDER_TIMEOUT_MAX_SECONDS).default(
  SMS_PROVIDER_TIMEOUT_SECONDS,
);
export const connections = integer(1, 10_000).default(64);

/** The end of the path of unsigned delivery reports: it is the only proof of their origin. */
export const reportSecret = text.regex(
  /^[\w-]{8,128}$/,
  'must consist of 8 to 128 letters, digits, underscores and dashes',
);
