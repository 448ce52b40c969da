// The ids of a delivery. Its client asks with the secret `deliveryId`. Redis, the provider and the log see a keyed hash of it,
// the name of the record, so none of them can ask as the client. The id of an attempt is that name and a number.

import type { KeyedHash } from '../../common/keyed-hash.ts';
import { randomId } from '../../common/random-id.ts';

/** 120 bits in hexadecimal: with the number, 32 characters, the most that the providers allow. */
const RECORD_NAME_LENGTH = 30;
const ATTEMPT_ID = /^[0-9a-f]{30}\d{2}$/;

export class DeliveryIds {
  constructor(private readonly hash: KeyedHash) {}

  /** A new secret id: 128 random bits. */
  create(): string {
    return randomId();
  }

  /** The name of the record of any text, for which there need not be a record. */
  recordNameOf(deliveryId: string): string {
    return Buffer.from(this.hash('delivery', deliveryId), 'base64url')
      .toString('hex')
      .slice(0, RECORD_NAME_LENGTH);
  }
}

/** The id of one attempt of a delivery, of which there are at most as many as providers. */
export function attemptIdOf(recordName: string, number: number): string {
  return recordName + String(number).padStart(2, '0');
}

/** @returns `undefined` if the text does not have the form of an attempt's id. */
export function recordNameOfAttempt(attemptId: string): string | undefined {
  return ATTEMPT_ID.test(attemptId) ? attemptId.slice(0, RECORD_NAME_LENGTH) : undefined;
}
