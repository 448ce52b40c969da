// Every setting: its name, the form of its value and its default. What each one means stands in .env.example.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { SENTINEL_URL } from '../common/redis/redis-client.ts';

const text = z.string();
const secretText = text.regex(/^\S+$/, 'must hold no white space');
const identifier = text.regex(/^[\w-]+$/, 'must be letters, digits and dashes');
const bytes = (least: number) =>
  text.refine((value) => Buffer.byteLength(value) >= least, `must have at least ${least} bytes`);
const digits = text.regex(/^\d+$/, 'must be digits');
const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  z.enum(names, `must be one of ${names.join(', ')}`);
const onOff = oneOf('on', 'off').transform((value) => value === 'on');

function number(pattern: RegExp, kind: string, least: number, most: number) {
  const message = `must be a ${kind} from ${least} to ${most}`;
  return text
    .regex(pattern, message)
    .transform(Number)
    .refine((value) => least <= value && value <= most, message);
}
const integer = (least: number, most: number) => number(/^\d{1,12}$/, 'whole number', least, most);
const decimal = (least: number, most: number) => number(/^\d{1,6}(\.\d+)?$/, 'number', least, most);
const seconds = (least: number, most: number) => integer(least, most);
const count = integer(1, 1_000_000_000);

function list(isItem: (item: string) => boolean, message: string) {
  return text
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    )
    .refine((items) => items.every(isItem), message);
}

function isUrl(value: string, ...protocols: string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function isRedisUrl(value: string): boolean {
  return (
    SENTINEL_URL.test(value) || value.split(',').every((node) => isUrl(node.trim(), 'redis:', 'rediss:'))
  );
}

/** Without TLS the token of the account would travel in the clear, so only to this very machine. */
function isGatewayUrl(value: string): boolean {
  if (/[@?#]/.test(value)) return false;
  return (
    isUrl(value, 'https:') ||
    (isUrl(value, 'http:') && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(new URL(value).hostname))
  );
}

/** An address or a CIDR. Short forms of IPv4, where `1` is 0.0.0.1, are slips, and `/0` would believe everybody. */
function isNetwork(item: string): boolean {
  const [address = '', length] = item.split('/');
  if (length !== undefined && Number(length) === 0) return false;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress && (address === item || ipaddr.isValidCIDR(item));
}

/** P-256, as ES256 wants it. A file of settings that knows no multi-line values may write the ends of lines as `\\n`. */
function key(read: (pem: string) => KeyObject, message: string) {
  return text.transform((pem, context) => {
    try {
      const keyObject = read(pem.replaceAll('\\n', '\n'));
      if (keyObject.asymmetricKeyDetails?.namedCurve === 'prime256v1') return keyObject;
    } catch {}
    context.addIssue(message);
    return z.NEVER;
  });
}

function keys(read: (pem: string) => KeyObject, message: string) {
  return text
    .transform((pems) => pems.split(/(?<=-----END PUBLIC KEY-----)(?:\s|\\n)*/).filter(Boolean))
    .pipe(z.array(key(read, message)));
}

export const settings = {
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(4000),
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  REDIS_URL: text
    .refine(
      isRedisUrl,
      'must be redis://…, rediss://…, several of them with commas, or redis+sentinel://host/master',
    )
    .optional(),
  DATABASE_URL: text
    .refine((value) => isUrl(value, 'postgres:', 'postgresql:'), 'must be postgres://…')
    .optional(),
  CODE_SECRET: bytes(32).optional(),
  TOKEN_PRIVATE_KEY: key(createPrivateKey, 'must be a P-256 key as PKCS#8 PEM').optional(),
  TOKEN_PREVIOUS_PUBLIC_KEYS: keys(createPublicKey, 'must be P-256 public keys as PEM').default([]),
  TOKEN_ISSUER: text.default('yanzheng'),
  TOKEN_AUDIENCE: text.default('yanzheng'),
  ENUMERATION: oneOf('reveal', 'conceal').default('reveal'),
  PLAYGROUND: onOff.optional(),
  DEMO: onOff.optional(),
  TRUSTED_PROXIES: list(isNetwork, 'must be IP addresses or CIDR networks with commas').default([]),
  CORS_ORIGINS: list(
    (item) => isUrl(item, 'http:', 'https:') && new URL(item).origin === item,
    'must be origins with commas, like https://www.example.com',
  ).default([]),
  SMS_PROVIDER: oneOf('yuntongxun', 'simulated', 'console').optional(),
  YUNTONGXUN_ACCOUNT_SID: identifier.optional(),
  YUNTONGXUN_AUTH_TOKEN: secretText.optional(),
  YUNTONGXUN_APP_ID: identifier.optional(),
  YUNTONGXUN_TEMPLATE_ID: digits.default('1'),
  YUNTONGXUN_BASE_URL: text
    .refine(isGatewayUrl, 'must be https://…, or http:// to this very machine')
    .default('https://app.cloopen.com:8883'),
  YUNTONGXUN_TIMEOUT_SECONDS: decimal(0.1, 30).default(5),
  YUNTONGXUN_CONNECTIONS: integer(1, 10_000).default(64),
  YUNTONGXUN_REPORT_SECRET: secretText.optional(),
  IMAGE_CAPTCHA_TTL_SECONDS: seconds(1, 3600).default(180),
  CAPTCHA_PER_ADDRESS_PER_MINUTE: count.default(30),
  SMS_CODE_TTL_SECONDS: seconds(1, 600).default(300),
  SMS_RESEND_GAP_SECONDS: seconds(0, 86_400).default(60),
  SMS_PER_MOBILE_PER_HOUR: count.default(5),
  SMS_PER_MOBILE_PER_DAY: count.default(10),
  SMS_PER_ADDRESS_PER_HOUR: count.default(20),
  SMS_PER_RANGE_PER_HOUR: count.default(20),
  SMS_PER_DAY: count.optional(),
  VERIFY_PER_ADDRESS_PER_HOUR: count.default(60),
};

export type SettingName = keyof typeof settings;
export type SettingValues = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]> };

/** The settings that are checked but do nothing yet: what they belong to is not built. */
export const WITHOUT_EFFECT: readonly SettingName[] = ['YUNTONGXUN_REPORT_SECRET'];
