// The names of all Redis keys. They contain keyed hashes of mobiles and addresses, never the values themselves.

import type { KeyedHash } from '../keyed-hash.ts';
import { type Mobile, numberRange } from '../phone-number.ts';

const PREFIX = 'yz:';

/**
 * The hash tag of everything that changes together with a send. A Redis Cluster keeps these keys on one node, so a
 * single script decides atomically, including on the daily limit of the service, which every send touches.
 */
const SMS_SLOT = '{sms}';

export class RedisKeys {
  constructor(private readonly hash: KeyedHash) {}

  /** String: the text of a captcha. */
  captcha(id: string): string {
    return `${PREFIX}captcha:${id}`;
  }

  /** String: marks a spent verification token. */
  spentToken(jti: string): string {
    return `${PREFIX}token:${jti}`;
  }

  /** String: the claim of the process that executes a request, later the stored response. */
  idempotencyRecord(fingerprint: string): string {
    return `${PREFIX}${SMS_SLOT}:idempotency:${this.hash('request', fingerprint)}`;
  }

  /** Hash: see sms-code.store.ts. */
  smsCode(purpose: string, mobile: Mobile): string {
    return `${PREFIX}${SMS_SLOT}:code:${purpose}:${this.mobileHash(mobile)}`;
  }

  /** List: times of the failed attempts within the last hour. */
  recentFailures(purpose: string, mobile: Mobile): string {
    return `${PREFIX}${SMS_SLOT}:failures:${purpose}:${this.mobileHash(mobile)}:hour`;
  }

  /** Number: failed attempts since the last success. */
  failureStreak(purpose: string, mobile: Mobile): string {
    return `${PREFIX}${SMS_SLOT}:failures:${purpose}:${this.mobileHash(mobile)}:streak`;
  }

  /** Lists of reservation times, one key for each rate limit. Limits of one address share a hash tag. */
  addressLimit(address: string, limit: string): string {
    return `${PREFIX}ratelimit:{a:${this.hash('address', address)}}:${limit}`;
  }

  /** Like `addressLimit`, in the slot of the sends. */
  sendAddressLimit(address: string, limit: string): string {
    return `${PREFIX}${SMS_SLOT}:ratelimit:address:${this.hash('address', address)}:${limit}`;
  }

  mobileLimit(mobile: Mobile, limit: string): string {
    return `${PREFIX}${SMS_SLOT}:ratelimit:mobile:${this.mobileHash(mobile)}:${limit}`;
  }

  rangeLimit(mobile: Mobile, limit: string): string {
    return `${PREFIX}${SMS_SLOT}:ratelimit:range:${this.hash('range', numberRange(mobile))}:${limit}`;
  }

  serviceLimit(limit: string): string {
    return `${PREFIX}${SMS_SLOT}:ratelimit:service:${limit}`;
  }

  private mobileHash(mobile: Mobile): string {
    return this.hash('mobile', mobile);
  }
}
