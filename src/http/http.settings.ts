// The settings of the HTTP server and its pages.

import ipaddr from 'ipaddr.js';
import { integer, isUrl, list, onOff, seconds, text } from '../config/env.ts';
import { SHUTDOWN_DRAIN_MAX_SECONDS } from '../config/time-budgets.ts';

/**
 * An address or a CIDR network. Short forms of IPv4 are rejected, since `1` would mean 0.0.0.1, and so is `/0`, which
 * would trust everyone.
 */
function isNetwork(item: string): boolean {
  const [address = '', length] = item.split('/');
  if (length !== undefined && Number(length) === 0) return false;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress && (address === item || ipaddr.isValidCIDR(item));
}

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
