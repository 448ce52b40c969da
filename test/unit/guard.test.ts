// The parts of the guard without Redis: networks, lanes, and what happens when Redis does not answer.

import { createSecretKey } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { type GuardMode, GuardService } from '../../src/guard/guard.service.ts';
import type { GuardStore } from '../../src/guard/guard.store.ts';
import { guardNetwork, networkMatcher } from '../../src/guard/guard-network.ts';
import { laneOf, pressureOf } from '../../src/guard/lane.ts';

describe('a network of the guard', () => {
  it.each([
    ['203.0.113.7', '203.0.112.0/20'],
    ['203.0.127.255', '203.0.112.0/20'],
    ['203.0.128.0', '203.0.128.0/20'],
    ['2001:db8:12ff:2::/64', '2001:db8:1200::/40'],
    ['2001:db8:1300:2::/64', '2001:db8:1300::/40'],
  ])('of %s is %s', (address, network) => {
    expect(guardNetwork(address)).toBe(network);
  });

  it('is allowed by an address, a /64, or a CIDR network', () => {
    const isAllowed = networkMatcher(['198.51.100.7', '203.0.113.0/24', '2001:db8:1:2::5', '2001:db9::/32']);
    for (const address of ['198.51.100.7', '203.0.113.200', '2001:db8:1:2::/64', '2001:db9:7::/64'])
      expect([address, isAllowed(address)]).toEqual([address, true]);
    for (const address of ['198.51.100.8', '203.0.114.1', '2001:db8:1:3::/64', '2001:dba::/64'])
      expect([address, isAllowed(address)]).toEqual([address, false]);
    expect(networkMatcher([])('198.51.100.7')).toBe(false);
  });
});

describe('a lane', () => {
  it('is chosen by the mobile and the network', () => {
    expect([laneOf(true, true), laneOf(true, false), laneOf(false, true), laneOf(false, false)]).toEqual([
      'known.proven',
      'known.unproven',
      'new.proven',
      'new.unproven',
    ]);
  });

  it('has the pressure of its fuller window', () => {
    const levels = [
      { open: 5, line: 20 },
      { open: 45, line: 60 },
    ];
    expect(pressureOf(levels)).toBe(0.75);
  });
});

describe('without an answer of Redis', () => {
  const mobile = parseMobile('13800138000') as Mobile;
  const caller = { requestId: 'a-request', clientAddress: '203.0.113.7' };
  const request = { caller, mobile, purpose: 'REGISTER' };
  let unavailable = 0;
  let audited: unknown[] = [];
  beforeEach(() => {
    unavailable = 0;
    audited = [];
  });

  const guardWith = (store: Partial<GuardStore>, mode: GuardMode = 'enforce') =>
    new GuardService({
      store: store as GuardStore,
      hash: createKeyedHash(createSecretKey(Buffer.alloc(32))),
      mode,
      allowed: [],
      audit: (event) => audited.push(event),
      observe: {
        decided: () => {},
        unavailable: () => {
          unavailable += 1;
        },
      },
    });
  const fails = async (): Promise<never> => {
    throw new DependencyUnavailableError('redis', { cause: new Error('down') });
  };

  it('an SMS passes, counts nowhere, and a metric tells', async () => {
    const guard = guardWith({ isProven: fails, open: fails });
    const isProven = await guard.isProvenNetwork(caller.clientAddress);
    expect([isProven, unavailable]).toEqual([undefined, 1]);
    expect(await guard.admit(request, false, isProven)).toEqual({ kind: 'passed', entry: undefined });
    expect(await guard.admit(request, false, true)).toEqual({ kind: 'passed', entry: undefined });
    expect([unavailable, audited]).toEqual([2, []]);
  });

  it('a proof is lost, and a metric tells', async () => {
    const guard = guardWith({ recordProof: fails, close: fails });
    const entries = ['new.unproven@1', 'known.proven@2'];
    await guard.prove({ mobile, clientAddress: caller.clientAddress, entries, isFirstProofOfDay: true });
    expect(unavailable).toBe(3);
  });

  it('there is no pressure', async () => {
    expect(await guardWith({ isProven: fails }).pressure(caller.clientAddress)).toBe(0);
    const guard = guardWith({ isProven: async () => true, read: fails });
    expect(await guard.pressure(caller.clientAddress)).toBe(0);
  });

  it('a bug is not taken for an outage', async () => {
    const bug = async (): Promise<never> => {
      throw new TypeError('a bug');
    };
    await expect(guardWith({ open: bug }).admit(request, false, true)).rejects.toThrow('a bug');
  });

  it('an entry that no lane wrote pays nothing back', async () => {
    const closed: unknown[] = [];
    const guard = guardWith({
      recordProof: async () => {},
      close: async (...args: unknown[]) => {
        closed.push(args);
      },
    });
    const entries = ['elsewhere@1', 'new.proven@5', 'new.unproven@6', 'new.proven@7'];
    await guard.prove({ mobile, clientAddress: caller.clientAddress, entries, isFirstProofOfDay: true });
    // The proof counts once, in the lane of the latest SMS.
    expect(closed).toEqual([
      ['new.proven', ['5', '7'], true],
      ['new.unproven', ['6'], false],
    ]);
  });
});
