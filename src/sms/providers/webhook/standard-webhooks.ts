// Signs and verifies messages by Standard Webhooks 1.0.0, the symmetric form v1: HMAC-SHA256 of id, timestamp and body.

import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
const VERSION = 'v1';
/** For clocks that differ and for the time that a message takes. An older message may be a replay. */
const TIMESTAMP_TOLERANCE_SECONDS = 5 * 60;

/** What a signature covers. */
export interface WebhookMessage {
  /** The same for all attempts to send a message. */
  readonly id: string;
  /** The time of this attempt. */
  readonly timestampSeconds: number;
  /** The bytes of the HTTP body. */
  readonly body: string;
}

/**
 * The key in a secret of the form `whsec_…`.
 * @returns `undefined` unless the rest is the Base64 of 24 to 64 bytes.
 */
export function webhookKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(SECRET_PREFIX)) return undefined;
  const base64 = secret.slice(SECRET_PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  // Buffer ignores characters that are not Base64.
  const isBase64 = key.toString('base64') === base64;
  return isBase64 && key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES ? key : undefined;
}

/** `v1,` and the signature in Base64. */
export function signWebhook({ id, timestampSeconds, body }: WebhookMessage, key: Buffer): string {
  const signature = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64');
  return `${VERSION},${signature}`;
}

/** The three headers of a signed message. */
export function webhookHeaders(message: WebhookMessage, key: Buffer): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampSeconds),
    'webhook-signature': signWebhook(message, key),
  };
}

/**
 * Whether a message is signed with the key and not older or newer than five minutes. The header may have several signatures,
 * separated by spaces: one for each key while the sender changes its secret.
 */
export function isAuthenticWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  key: Buffer,
  nowMs: number,
): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || id === '' || typeof signatures !== 'string') return false;
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
  const timestampSeconds = Number(timestamp);
  if (Math.abs(nowMs / 1000 - timestampSeconds) > TIMESTAMP_TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(signWebhook({ id, timestampSeconds, body }, key));
  return signatures.split(' ').some((signature) => isEqual(Buffer.from(signature), expected));
}

/** Takes the same time wherever the bytes differ. */
function isEqual(actual: Buffer, expected: Buffer): boolean {
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
