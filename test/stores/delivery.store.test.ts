// Records of deliveries on every kind of Redis: one attempt at a time, and states that never go back.

import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { DELIVERY_TTL_MS, DeliveryStore } from '../../src/sms/delivery/delivery.store.ts';
import { attemptIdOf } from '../../src/sms/delivery/delivery-id.ts';
import { MessageIdStore } from '../../src/sms/delivery/message-id.store.ts';
import { keys } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const NOW_MS = 1_800_000_000_000;
const newName = () => randomBytes(15).toString('hex');

describeEachRedis('DeliveryStore', (kind) => {
  const redis = withRedis(kind);
  const store = new DeliveryStore(redis.dependency, keys);
  const messageIds = new MessageIdStore(redis.dependency, keys);

  const start = (recordName: string, number = 1, provider = 'a') =>
    store.start(
      {
        recordName,
        number,
        provider,
        mobileHash: 'hash of the mobile',
        carrierPrefix: '138',
        requestedAtMs: NOW_MS - 5,
      },
      NOW_MS,
    );
  const finish = (recordName: string, outcome: 'accepted' | 'rejected' | 'unknown', number = 1) =>
    store.finish(attemptIdOf(recordName, number), outcome, NOW_MS + 1);
  const report = (recordName: string, state: 'delivered' | 'undelivered', fields: object = {}) =>
    store.report(
      { attemptId: attemptIdOf(recordName, 1), provider: 'a', mobileHash: undefined, state, ...fields },
      NOW_MS + 2,
    );
  const stateOf = async (recordName: string) => (await store.read(recordName))?.state;

  it('records an attempt as leaving, for a day', async () => {
    const name = newName();
    expect(await start(name)).toBe(true);
    expect(await store.read(name)).toEqual({
      state: 'leaving',
      requestedAtMs: NOW_MS - 5,
      updatedAtMs: NOW_MS,
      attempt: { id: `${name}01`, provider: 'a', carrierPrefix: '138', startedAtMs: NOW_MS },
    });
    const ttlMs = await redis.client.pttl(keys.delivery(name));
    expect(ttlMs).toBeGreaterThan(DELIVERY_TTL_MS - 60_000);
    expect(ttlMs).toBeLessThanOrEqual(DELIVERY_TTL_MS);
  });

  it('starts the same attempt again, because a Cluster client repeats a call whose reply was lost', async () => {
    const name = newName();
    expect([await start(name), await start(name)]).toEqual([true, true]);
  });

  it('lets one of 500 different attempts start', async () => {
    const name = newName();
    // None of the numbers follows another, so none of the attempts follows a rejection.
    const numbers = Array.from({ length: 500 }, (_, index) => 101 + 2 * index);
    const started = await Promise.all(numbers.map((number) => start(name, number)));
    expect(started.filter(Boolean)).toHaveLength(1);
  });

  it.each(['accepted', 'unknown'] as const)('lets no attempt start after one that is %s', async (outcome) => {
    const name = newName();
    await start(name);
    await finish(name, outcome);
    expect(await start(name, 2, 'b')).toBe(false);
    expect(await stateOf(name)).toBe(outcome);
  });

  it.each([
    ['delivered', 'delivered'],
    ['undelivered', 'undelivered'],
  ] as const)('lets no attempt start after a report says %s', async (_title, state) => {
    const name = newName();
    await start(name);
    await report(name, state);
    expect(await start(name, 2, 'b')).toBe(false);
  });

  it('lets the next attempt start after the one before it was rejected', async () => {
    const name = newName();
    await start(name);
    await finish(name, 'rejected');
    expect(await start(name, 2, 'b')).toBe(true);
    expect((await store.read(name))?.attempt).toMatchObject({ id: `${name}02`, provider: 'b' });
  });

  it('lets the next attempt start before the rejection is recorded, which changes nothing afterwards', async () => {
    const name = newName();
    await start(name);
    expect(await start(name, 2, 'b')).toBe(true);
    expect(await finish(name, 'rejected')).toBe(false);
    expect((await store.read(name))?.attempt).toMatchObject({ id: `${name}02`, provider: 'b' });
    expect(await stateOf(name)).toBe('leaving');
  });

  it('keeps the first final state: reports are repeated, and arrive in any order', async () => {
    for (const [first, second] of [
      ['delivered', 'undelivered'],
      ['undelivered', 'delivered'],
    ] as const) {
      const name = newName();
      await start(name);
      expect(await report(name, first)).toEqual({ kind: 'applied', startedAtMs: NOW_MS });
      expect(await report(name, first)).toEqual({ kind: 'repeated', startedAtMs: NOW_MS });
      expect(await report(name, second)).toEqual({ kind: 'repeated', startedAtMs: NOW_MS });
      expect(await finish(name, 'accepted')).toBe(false);
      expect(await stateOf(name)).toBe(first);
    }
  });

  it('accepts the result of a look-up after an unknown outcome', async () => {
    const name = newName();
    await start(name);
    await finish(name, 'unknown');
    expect(await finish(name, 'accepted')).toBe(true);
    expect(await stateOf(name)).toBe('accepted');
    expect(await finish(name, 'unknown')).toBe(false);
  });

  it('applies one of 100 equal reports at once', async () => {
    const name = newName();
    await start(name);
    const results = await Promise.all(Array.from({ length: 100 }, () => report(name, 'delivered')));
    expect(results.filter(({ kind }) => kind === 'applied')).toHaveLength(1);
  });

  it.each([
    ['an unknown id', { attemptId: `${newName()}01` }, 'unknown_id'],
    ['an id of another form', { attemptId: 'SMS_154950909' }, 'unknown_id'],
    ['an attempt that has not started', { attemptId: undefined, number: 2 }, 'unknown_id'],
    ['another provider', { provider: 'b' }, 'unknown_id'],
    ['another mobile', { mobileHash: 'another hash' }, 'other_mobile'],
  ])('ignores a report about %s', async (...row) => {
    const [, { number, ...fields }, kind] = row as [string, { number?: number }, string];
    const name = newName();
    await start(name);
    const changed = number === undefined ? fields : { attemptId: attemptIdOf(name, number) };
    expect(await report(name, 'delivered', changed)).toEqual({ kind });
    expect(await stateOf(name)).toBe('leaving');
  });

  it('accepts a report that states the mobile of the attempt', async () => {
    const name = newName();
    await start(name);
    expect(await report(name, 'delivered', { mobileHash: 'hash of the mobile' })).toMatchObject({
      kind: 'applied',
    });
  });

  it('tells a report about a rejected attempt apart, and changes nothing', async () => {
    const name = newName();
    await start(name);
    await finish(name, 'rejected');
    expect(await report(name, 'delivered')).toEqual({ kind: 'rejected_attempt' });
    await start(name, 2, 'b');
    expect(await report(name, 'delivered')).toEqual({ kind: 'rejected_attempt' });
    expect(await stateOf(name)).toBe('leaving');
  });

  it('records a verified code over every other state, and keeps the time of a reported delivery', async () => {
    const name = newName();
    await start(name);
    await report(name, 'undelivered');
    expect(await store.verify(name, NOW_MS + 9)).toMatchObject({ before: 'undelivered' });
    expect(await store.read(name)).toMatchObject({ state: 'verified', updatedAtMs: NOW_MS + 9 });
    expect(await store.verify(name, NOW_MS + 10)).toMatchObject({ before: 'verified' });
    expect(await report(name, 'undelivered')).toMatchObject({ kind: 'repeated' });
    expect(await stateOf(name)).toBe('verified');

    const delivered = newName();
    await start(delivered);
    await report(delivered, 'delivered');
    await store.verify(delivered, NOW_MS + 9);
    expect(await store.read(delivered)).toMatchObject({ state: 'verified', updatedAtMs: NOW_MS + 2 });
  });

  it('does not create a record for a verification or a report', async () => {
    const name = newName();
    expect(await store.verify(name, NOW_MS)).toBeUndefined();
    await report(name, 'delivered');
    expect(await store.read(name)).toBeUndefined();
  });

  it('creates a record without an attempt, which an attempt may follow', async () => {
    const name = newName();
    await store.create(name, 'requested', NOW_MS - 5);
    await store.create(name, 'delivered', NOW_MS);
    expect(await store.read(name)).toEqual({
      state: 'requested',
      requestedAtMs: NOW_MS - 5,
      updatedAtMs: NOW_MS - 5,
      attempt: undefined,
    });
    expect(await start(name)).toBe(true);
  });

  it('finds the attempt of a message id, and keeps a report that arrives before the answer', async () => {
    const id = newName();
    expect(await messageIds.attemptOf('a', id, 'the report')).toBeUndefined();
    expect(await messageIds.attemptOf('a', id, 'a later report')).toBeUndefined();
    expect(await messageIds.link('b', id, 'attempt of b')).toBeUndefined();
    expect(await messageIds.link('a', id, 'attempt')).toBe('the report');
    expect(await messageIds.link('a', id, 'attempt')).toBeUndefined();
    expect(await messageIds.attemptOf('a', id, 'late')).toBe('attempt');
  });
});
