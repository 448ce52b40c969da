// The settings of the HTTP server and its pages.

import { integer, isNetwork, isUrl, list, onOff, seconds, text } from '../config/env.ts';
import { SHUTDOWN_DRAIN_MAX_SECONDS } from '../config/time-budgets.ts';

export const httpSettings = {
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  METRICS_PORT: integer(0, 65_535).optional(),
  TRUSTED_PROXIES: list(isNetwork, 'must be comma-separated IP addresses or CIDR networks').default([]),
  CORS_ORIGINS: list(
    (item) => isUrl(item, 'http:', 'https:') && new URL(item).origin === item,
    'must be comma-separated origins, like https://www.example.com',
  ).default([]),
  SHUTDOWN_DRAIN_SECONDS: seconds(0, SHUTDOWN_DRAIN_MAX_SECONDS).optional(),
  PLAYGROUND: onOff.optional(),
  DEMO: onOff.optional(),
};
