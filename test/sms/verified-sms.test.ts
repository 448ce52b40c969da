// A verified code proves that its SMS arrived, and counts toward the conversion of its provider.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DeliveryStore } from '../../src/sms/delivery/delivery.store.ts';
import { attemptIdOf, DeliveryIds } from '../../src/sms/delivery/delivery-id.ts';
import { VerifiedSms } from '../../src/sms/delivery/verified-sms.service.ts';
import type { ConversionStore } from '../../src/sms/routing/conversion.store.ts';
import { eventually } from '../support/eventually.ts';
import { keys } from '../support/store-fixtures.ts';
import { startSomeRedis } from '../support/test-app.ts';
import { withRedis } from '../support/with-redis.ts';

const NOW_MS = 1_800_000_000_000;

describe('VerifiedSms', () => {
  const redis = withRedis({ start: startSomeRedis });
  const deliveries = new DeliveryStore(redis.dependency, keys);

  async function sent(outcome?: 'accepted' | 'rejected' | 'unknown'): Promise<string> {
    const recordName = randomBytes(15).toString('hex');
    const attempt = { recordName, number: 1, provider: 'a', mobileHash: 'hash', requestedAtMs: NOW_MS };
    await deliveries.start({ ...attempt, carrierPrefix: '138' }, NOW_MS);
    if (outcome) await deliveries.finish(attemptIdOf(recordName, 1), outcome, NOW_MS);
    return recordName;
  }

  /** What counts after these SMS are verified. */
  async function countedAfter(...recordNames: string[]): Promise<unknown[][]> {
    const counted: unknown[][] = [];
    const conversions = {
      async recordVerified(...facts: unknown[]) {
        counted.push(facts);
        return true;
      },
    } as unknown as ConversionStore;
    await new VerifiedSms(deliveries, conversions).record(recordNames);
    for (const name of recordNames)
      await eventually(async () => (await deliveries.read(name))?.state === 'verified');
    // The conversion is counted after one more reply of Redis.
    await redis.client.ping();
    await redis.client.ping();
    return counted;
  }

  it('counts an accepted SMS for its provider, its carrier prefix and the time of its send', async () => {
    expect(await countedAfter(await sent('accepted'))).toEqual([['a', '138', NOW_MS]]);
  });

  it('counts an SMS that was reported as undelivered: the code is the stronger proof', async () => {
    const name = await sent('accepted');
    const report = { attemptId: attemptIdOf(name, 1), provider: 'a', mobileHash: undefined };
    await deliveries.report({ ...report, state: 'undelivered' }, NOW_MS);
    expect(await countedAfter(name)).toHaveLength(1);
  });

  it.each(['unknown', undefined] as const)(
    'does not count an SMS whose outcome is %s, because it was not counted as accepted',
    async (outcome) => {
      expect(await countedAfter(await sent(outcome))).toEqual([]);
    },
  );

  it('does not count after a resend: the code may come from either SMS', async () => {
    expect(await countedAfter(await sent('accepted'), await sent('accepted'))).toEqual([]);
  });
});

describe('the name of a record', () => {
  it('is a keyed hash of the secret id: without the key nothing leads from one to the other', () => {
    const id = new DeliveryIds(() => '').create();
    const withKey = (key: string) =>
      new DeliveryIds((_kind, value) => Buffer.from(key + value).toString('base64url'));
    expect(withKey('a').recordNameOf(id)).not.toBe(withKey('b').recordNameOf(id));
    expect(withKey('a').recordNameOf(id)).toBe(withKey('a').recordNameOf(id));
    expect(withKey('a').recordNameOf(id)).toMatch(/^[0-9a-f]{30}$/);
  });
});
