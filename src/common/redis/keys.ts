// The names of all Redis keys. They contain keyed hashes of mobiles and addresses, never the values themselves.

import type { KeyedHash } from '../keyed-hash.ts';
import { type Mobile, numberRange } from '../phone-number.ts';

const PREFIX = 'yz:';

/**
 * A Redis Cluster keeps all keys with one hash tag on one node, so one script can change them atomically. Everything that
 * belongs to a mobile has the tag of its number range: a send reserves the limits of both. The ranges, the addresses, the
 * captchas and the tokens spread over all nodes.
 */
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
  idempotencyRecord(mobile: Mobile, fingerprint: string): string {
    return `${this.rangeSlot(mobile)}:idempotency:${this.hash('request', fingerprint)}`;
  }

  /** Hash: see sms/delivery/delivery.store.ts. The name is a keyed hash of the delivery id. */
  delivery(recordName: string): string {
    return `${PREFIX}delivery:${recordName}`;
  }

  /** Hash: see sms/delivery/message-id.store.ts. */
  smsMessage(provider: string, messageId: string): string {
    return `${PREFIX}message:${provider}:${this.hash('message', messageId)}`;
  }

  /** Hash: see sms/delivery/provider-state.store.ts. */
  providerState(provider: string): string {
    return `${PREFIX}provider:${provider}`;
  }

  /** Hash: see sms-code.store.ts. */
  smsCode(purpose: string, mobile: Mobile): string {
    return `${this.rangeSlot(mobile)}:code:${purpose}:${this.mobileHash(mobile)}`;
  }

  /** List: the failed attempts within the last hour. */
  recentFailures(purpose: string, mobile: Mobile): string {
    return `${this.rangeSlot(mobile)}:failures:${purpose}:${this.mobileHash(mobile)}:hour`;
  }

  /** Number: failed attempts since the last success. */
  failureStreak(purpose: string, mobile: Mobile): string {
    return `${this.rangeSlot(mobile)}:failures:${purpose}:${this.mobileHash(mobile)}:streak`;
  }

  /** Lists of reservations, one key for each rate limit. */
  addressLimit(address: string, limit: string): string {
    return `${PREFIX}{a:${this.hash('address', address)}}:ratelimit:${limit}`;
  }

  mobileLimit(mobile: Mobile, limit: string): string {
    return `${this.rangeSlot(mobile)}:ratelimit:mobile:${this.mobileHash(mobile)}:${limit}`;
  }

  rangeLimit(mobile: Mobile, limit: string): string {
    return `${this.rangeSlot(mobile)}:ratelimit:range:${limit}`;
  }

  /** Hash: see conversion.store.ts. The prefix has three digits, so both values are from bounded lists, and neither identifies a mobile. */
  conversion(provider: string, carrierPrefix: string): string {
    return `${PREFIX}conversion:${provider}:${carrierPrefix}`;
  }

  /** String: the day of the latest proof of a mobile. In the slot of its range, so that opening a code also reads it. */
  provedMobile(mobile: Mobile): string {
    return `${this.rangeSlot(mobile)}:proved:${this.mobileHash(mobile)}`;
  }

  /** Hash: see guard/guard-scripts.ts. All requests of a lane share its slot. */
  guardLane(lane: string): string {
    return `${PREFIX}{g:${lane}}:lane`;
  }

  /** Sorted set: the mobiles that were proved from a network, by time. */
  guardNetwork(network: string): string {
    return `${PREFIX}{n:${this.hash('network', network)}}:proofs`;
  }

  private rangeSlot(mobile: Mobile): string {
    return `${PREFIX}{r:${this.hash('range', numberRange(mobile))}}`;
  }

  private mobileHash(mobile: Mobile): string {
    return this.hash('mobile', mobile);
  }
}
