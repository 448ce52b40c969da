// Test mobiles: their two settings, the rules between them, and the end of their date.

import { describe, expect, it } from '@jest/globals';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  testMobilesErrors,
  testMobilesSettings,
} from '../../src/verification/test-mobiles/test-mobiles.settings.ts';
import { TestMobiles } from '../../src/verification/test-mobiles/test-mobiles.ts';
import { errorsOf, PRODUCTION } from '../support/settings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A date in China. */
const daysAhead = (days: number) =>
  new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);

const MOBILE = parseMobile('13800138000') as Mobile;
const FORM = 'TEST_MOBILES must be comma-separated mobiles with codes of six digits, like 13800138000:123456';
const DATE_FORM = 'TEST_MOBILES_UNTIL must be a date, like 2026-12-31';

describe('TEST_MOBILES', () => {
  it('is a list of mobiles, in any form that a person types, with their codes', () => {
    const TEST_MOBILES = '13800138000:123456, +86 138-0013-8001 : 007042,１３８００１３８００２:000000';
    // The space before the colon belongs to the mobile, and the one after it is no digit.
    expect(errorsOf({ TEST_MOBILES })).toEqual([FORM]);
    expect(loadConfig({ TEST_MOBILES: TEST_MOBILES.replace(': ', ':') }).testMobiles).toEqual({
      mobiles: [
        { mobile: '+8613800138000', code: '123456' },
        { mobile: '+8613800138001', code: '007042' },
        { mobile: '+8613800138002', code: '000000' },
      ],
      untilMs: undefined,
    });
  });

  it('is empty by default', () => {
    expect(loadConfig({}).testMobiles).toEqual({ mobiles: [], untilMs: undefined });
  });

  it.each([
    '13800138000',
    '13800138000:',
    '13800138000:12345',
    '13800138000:1234567',
    '13800138000:12345a',
    '13800138000:１２３４５６',
    '13800138000=123456',
    '23800138000:123456',
    '1380013800:123456',
    ':123456',
    '13800138000:123456,',
    '13800138000:123456 13800138001:123456',
    ',',
  ])('is rejected: %s', (TEST_MOBILES) => {
    expect(errorsOf({ TEST_MOBILES })).toEqual([FORM]);
  });

  it('has each mobile once', () => {
    expect(errorsOf({ TEST_MOBILES: '13800138000:123456,+86 13800138000:654321' })).toEqual([
      'TEST_MOBILES must not contain a mobile twice',
    ]);
  });
});

describe('TEST_MOBILES_UNTIL', () => {
  const endOf = (date: string) => testMobilesSettings.TEST_MOBILES_UNTIL.parse(date);

  it('is the end of a day in China', () => {
    expect(endOf('2026-12-31')).toBe(Date.parse('2027-01-01T00:00:00+08:00'));
    expect(endOf('2028-02-29')).toBe(Date.parse('2028-03-01T00:00:00+08:00'));
    expect(endOf(undefined as unknown as string)).toBeUndefined();
  });

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '20261231',
    '31.12.2026',
    '2026-12-31T00:00',
    'soon',
  ])('is rejected: %s', (date) => {
    const environment = { TEST_MOBILES: '13800138000:123456', TEST_MOBILES_UNTIL: date };
    expect(errorsOf(environment)).toEqual([DATE_FORM]);
  });

  it('is required in production with TEST_MOBILES, and only there', () => {
    const TEST_MOBILES = '13800138000:123456';
    const missing = ['TEST_MOBILES_UNTIL is missing: production requires it with TEST_MOBILES'];
    expect(errorsOf({ ...PRODUCTION, TEST_MOBILES })).toEqual(missing);
    expect(errorsOf({ ...PRODUCTION, TEST_MOBILES, TEST_MOBILES_UNTIL: daysAhead(30) })).toEqual([]);
    expect(errorsOf({ TEST_MOBILES })).toEqual([]);
  });

  it('requires TEST_MOBILES', () => {
    expect(errorsOf({ TEST_MOBILES_UNTIL: daysAhead(1) })).toEqual([
      'TEST_MOBILES_UNTIL requires TEST_MOBILES',
    ]);
  });

  it('is not checked against a list that is invalid itself', () => {
    expect(errorsOf({ TEST_MOBILES: '13800138000', TEST_MOBILES_UNTIL: daysAhead(1) })).toEqual([FORM]);
    expect(errorsOf({ ...PRODUCTION, TEST_MOBILES: '13800138000' })).toEqual([FORM]);
  });

  it('is at most 90 days ahead, counted in days of China', () => {
    const problems = (date: string, now: string) =>
      testMobilesErrors(
        { TEST_MOBILES: [{ mobile: MOBILE, code: '123456' }], TEST_MOBILES_UNTIL: endOf(date) },
        Date.parse(now),
      );
    const tooFar = [{ setting: 'TEST_MOBILES_UNTIL', problem: 'must be at most 90 days ahead' }];
    for (const now of ['2026-11-25T00:00:00+08:00', '2026-11-25T23:59:59+08:00']) {
      expect(problems('2027-02-23', now)).toEqual([]);
      expect(problems('2027-02-24', now)).toEqual(tooFar);
    }
    expect(problems('2027-02-24', '2026-11-26T00:00:00+08:00')).toEqual([]);
    const environment = { ...PRODUCTION, TEST_MOBILES: '13800138000:123456' };
    expect(errorsOf({ ...environment, TEST_MOBILES_UNTIL: daysAhead(100) })).toEqual([
      'TEST_MOBILES_UNTIL must be at most 90 days ahead',
    ]);
  });

  it('does not stop a start after the date', () => {
    const environment = {
      ...PRODUCTION,
      TEST_MOBILES: '13800138000:123456',
      TEST_MOBILES_UNTIL: '2026-01-01',
    };
    const mobiles = new TestMobiles(loadConfig(environment).testMobiles);
    expect(mobiles.count).toBe(1);
    expect(mobiles.codeOf(MOBILE, Date.now())).toBeUndefined();
  });
});

describe('an error of these settings', () => {
  it.each([
    { TEST_MOBILES: '13800138000:1234567' },
    { TEST_MOBILES: '13800138000:271828,13800138000:271828' },
    { TEST_MOBILES: '13800138000:271828', TEST_MOBILES_UNTIL: '13800138001' },
    { ...PRODUCTION, TEST_MOBILES: '13900139000:271828' },
  ])('quotes no value: %#', (environment) => {
    const message = errorsOf(environment).join();
    expect(message).toMatch(/^TEST_MOBILES/);
    // The example of the error sentence is not a value of the operator.
    expect(message.replace('13800138000:123456', '')).not.toMatch(/\d{6}/);
  });

  it('reports a typing error in a name, but no variable of another program', () => {
    expect(errorsOf({ TEST_MOBILES_UNTILL: '2026-12-31' })).toEqual(['TEST_MOBILES_UNTILL is not a setting']);
    expect(errorsOf({ TEST_FOO: '1', TEST_DATABASE_URL: '1' })).toEqual([]);
  });
});

describe('TestMobiles', () => {
  const other = parseMobile('13900139000') as Mobile;

  it('has the code of its mobiles, and of no other', () => {
    const mobiles = new TestMobiles({ mobiles: [{ mobile: MOBILE, code: '007042' }], untilMs: undefined });
    expect(mobiles.count).toBe(1);
    expect(mobiles.codeOf(MOBILE, Date.now())).toBe('007042');
    expect(mobiles.codeOf(other, Date.now())).toBeUndefined();
  });

  it('takes its mobiles for ordinary ones from the end of their date on', () => {
    const untilMs = testMobilesSettings.TEST_MOBILES_UNTIL.parse('2026-12-31');
    const mobiles = new TestMobiles({ mobiles: [{ mobile: MOBILE, code: '007042' }], untilMs });
    expect(mobiles.codeOf(MOBILE, Date.parse('2026-12-31T23:59:59.999+08:00'))).toBe('007042');
    expect(mobiles.codeOf(MOBILE, Date.parse('2027-01-01T00:00:00+08:00'))).toBeUndefined();
  });
});
