// The catalogue of rate limits: names, keys, hash tags, and the settings with their defaults.

import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  type LimitedAction,
  limitNames,
  type RateLimitSettings,
  RateLimits,
  rateLimitSettings,
  releasedByVerification,
} from '../../src/rate-limiting/limits.ts';
import type { RateLimit } from '../../src/rate-limiting/rate-limit.ts';
import { rateLimitInput, rateLimitParameters } from '../../src/rate-limiting/rate-limit-script.ts';
import { keys } from '../support/store-fixtures.ts';

const ADDRESS = '203.0.113.7';
const MOBILE = '+8613800138000' as Mobile;
const HASH_TAG = /\{([^}]+)\}/;

const actions: readonly LimitedAction[] = [
  'issueCaptcha',
  'requestSmsCode',
  'sendSms',
  'verifySmsCode',
  'querySmsDelivery',
];
const defaults: RateLimitSettings = loadConfig({}).rateLimits;

function limitsOf(
  action: LimitedAction,
  settings = defaults,
  address = ADDRESS,
  mobile = MOBILE,
): readonly RateLimit[] {
  const rateLimits = new RateLimits(keys, settings);
  return action === 'sendSms' ? rateLimits.of(action, mobile) : rateLimits.of(action, address);
}

function allLimits(settings = defaults, address = ADDRESS, mobile = MOBILE): RateLimit[] {
  return actions.flatMap((action) => limitsOf(action, settings, address, mobile));
}

describe('the catalogue of rate limits', () => {
  it('has these limits by default', () => {
    const rows = allLimits().map(({ name, scope, limit, windowSeconds }) => [
      name,
      scope,
      limit,
      windowSeconds,
    ]);
    expect(rows).toEqual([
      ['captchaMinute', 'ADDRESS', 30, 60],
      ['addressHour', 'ADDRESS', 20, 3600],
      ['mobileCooldown', 'MOBILE', 1, 60],
      ['mobileHour', 'MOBILE', 5, 3600],
      ['mobileDay', 'MOBILE', 10, 86_400],
      ['rangeHour', 'SERVICE', 20, 3600],
      ['verifyHour', 'ADDRESS', 60, 3600],
      ['deliveryMinute', 'ADDRESS', 60, 60],
    ]);
  });

  it('gives every limit a unique name and a unique key', () => {
    const limits = allLimits();
    expect(new Set(limits.map(({ name }) => name)).size).toBe(limits.length);
    expect(new Set(limits.map(({ key }) => key)).size).toBe(limits.length);
  });

  it.each(actions)('lists the names of %s in the order of its limits', (action) => {
    expect(limitNames(action)).toEqual(limitsOf(action).map(({ name }) => name));
  });

  it.each(actions)('puts all keys of %s into one slot of a Cluster', (action) => {
    const tags = limitsOf(action).map(({ key }) => HASH_TAG.exec(key)?.[1]);
    expect(tags).not.toContain(undefined);
    expect(new Set(tags).size).toBe(1);
  });

  it('puts everything of a mobile into the slot of its number range', () => {
    const slotOf = (key: string) => HASH_TAG.exec(key)?.[1];
    const rangeKeys = (mobile: Mobile) => [
      ...limitsOf('sendSms', defaults, ADDRESS, mobile).map(({ key }) => key),
      keys.smsCode('REGISTER', mobile),
      keys.recentFailures('LOGIN', mobile),
      keys.failureStreak('LOGIN', mobile),
      keys.idempotencyRecord(mobile, 'any'),
    ];
    const neighbor = '+8613800139999' as Mobile;
    const slots = new Set([...rangeKeys(MOBILE), ...rangeKeys(neighbor)].map(slotOf));
    expect(slots.size).toBe(1);
    expect([...slots][0]).toMatch(/^r:[\w-]{22}$/);
    expect(slots).not.toContain(slotOf(keys.smsCode('REGISTER', '+8613800140000' as Mobile)));
  });

  it('puts all limits of an address into one slot of its own', () => {
    const actionsOfAddress = ['issueCaptcha', 'requestSmsCode', 'verifySmsCode', 'querySmsDelivery'] as const;
    const tags = actionsOfAddress
      .flatMap((action) => limitsOf(action))
      .map(({ key }) => HASH_TAG.exec(key)?.[1]);
    expect(new Set(tags).size).toBe(1);
    expect(tags[0]).toMatch(/^a:[\w-]{22}$/);
  });

  it('counts different subjects under different keys', () => {
    const others = allLimits(defaults, '203.0.113.8', '+8613900139000' as Mobile);
    expect(allLimits().filter(({ key }) => others.some((other) => other.key === key))).toEqual([]);
  });

  it('counts mobiles that differ in their last four digits as one number range', () => {
    const keyOf = (mobile: string) =>
      limitsOf('sendSms', defaults, ADDRESS, mobile as Mobile).find(({ name }) => name === 'rangeHour')?.key;
    expect(keyOf('+8613800130000')).toBe(keyOf('+8613800139999'));
    expect(keyOf('+8613800140000')).not.toBe(keyOf('+8613800139999'));
  });

  it('writes neither addresses nor mobiles into keys', () => {
    for (const { key } of allLimits()) {
      expect(key).not.toContain(ADDRESS);
      expect(key).not.toContain(MOBILE.slice(-8));
    }
  });

  it('releases the number range after a verification, and no limit of the mobile', () => {
    expect(releasedByVerification).toEqual(['rangeHour']);
    const released = new RateLimits(keys, defaults).releasedByVerification(MOBILE);
    expect(released).toEqual(limitsOf('sendSms').filter(({ name }) => name === 'rangeHour'));
  });
});

describe('the settings of rate limits', () => {
  const names = Object.keys(rateLimitSettings) as (keyof RateLimitSettings)[];

  it.each(names)('%s changes one number of one row', (name) => {
    const changed = allLimits({ ...defaults, [name]: 777 });
    const differences = allLimits().flatMap((before, index) => {
      const after = changed[index] as RateLimit;
      return [
        ...(after.limit === before.limit ? [] : [after.limit]),
        ...(after.windowSeconds === before.windowSeconds ? [] : [after.windowSeconds]),
      ];
    });
    expect(differences).toEqual([777]);
    expect(changed.map(({ key }) => key)).toEqual(allLimits().map(({ key }) => key));
  });
});

describe('the script parameters of rate limits', () => {
  it.each(actions)('of %s have one key and two arguments for each limit', (action) => {
    const limits = limitsOf(action);
    const parameters = rateLimitParameters(action);
    const input = rateLimitInput(limits);
    expect(parameters.keys).toEqual(limits.map(({ name }) => name));
    expect(Object.keys(input.keys)).toEqual(parameters.keys);
    expect(Object.keys(input.args)).toEqual(parameters.args);
    for (const { name, key, limit, windowSeconds } of limits) {
      expect(input.keys[name]).toBe(key);
      expect(input.args[`${name}Limit`]).toBe(limit);
      expect(input.args[`${name}WindowMs`]).toBe(windowSeconds * 1000);
    }
  });
});
