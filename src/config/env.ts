// Building blocks of settings: the forms that a value in the environment can have. Every module declares its own settings
// with them, and load-config.ts merges the modules.

import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** The settings of a module: the form and the default of each, by name. */
export type SettingsSchema = Readonly<Record<string, z.ZodType>>;
export type SettingValues<Schema extends SettingsSchema> = {
  readonly [Name in keyof Schema]: z.output<Schema[Name]>;
};

/** Marks a secret, or a URL or a list that contains one. A file may contain its value, and no output shows it. */
export function confidential<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ isConfidential: true });
}

export function isConfidential(schema: z.ZodType): boolean {
  return schema.meta()?.isConfidential === true;
}

export const text = z.string();
export const secret = text.regex(/^\S+$/, 'must not contain white space');
export const identifier = text.regex(/^[\w-]+$/, 'must consist of letters, digits and dashes');
export const digits = text.regex(/^\d+$/, 'must consist of digits');
export const bytes = (minimum: number) =>
  text.refine((value) => Buffer.byteLength(value) >= minimum, `must have at least ${minimum} bytes`);

export const oneOf = <const Names extends readonly string[]>(...names: Names) =>
  z.enum(names, `must be one of ${names.join(', ')}`);
export const onOff = oneOf('on', 'off').transform((value) => value === 'on');

export const integer = (minimum: number, maximum: number) =>
  number(/^\d{1,12}$/, 'whole number', minimum, maximum);
export const decimal = (minimum: number, maximum: number) =>
  number(/^\d{1,6}(\.\d+)?$/, 'number', minimum, maximum);
export const seconds = integer;
export const count = integer(1, 1_000_000_000);

function number(pattern: RegExp, kind: string, minimum: number, maximum: number) {
  const message = `must be a ${kind} from ${minimum} to ${maximum}`;
  return text
    .regex(pattern, message)
    .transform(Number)
    .refine((value) => minimum <= value && value <= maximum, message);
}

/** Items separated by commas. */
export function list(isItem: (item: string) => boolean, message: string) {
  return text
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    )
    .refine((items) => items.every(isItem), message);
}

/**
 * An address or a CIDR network. Short forms of IPv4 are rejected, since `1` would mean 0.0.0.1, and so is `/0`, which
 * would mean everyone.
 */
export function isNetwork(item: string): boolean {
  const [address = '', length] = item.split('/');
  if (length !== undefined && Number(length) === 0) return false;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress && (address === item || ipaddr.isValidCIDR(item));
}

export function isUrl(value: string, ...protocols: string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

/** HTTPS, or HTTP to this machine: over plain HTTP the credentials of a provider would travel unencrypted. */
export const providerUrl = text.refine(
  (value) => !/[@?#]/.test(value) && (isUrl(value, 'https:') || isLoopbackUrl(value)),
  'must be https://…, or http:// to this machine',
);

function isLoopbackUrl(value: string): boolean {
  return isUrl(value, 'http:') && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(new URL(value).hostname);
}
