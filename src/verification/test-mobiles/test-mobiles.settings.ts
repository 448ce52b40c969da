// The settings of test mobiles, and the rules that hold between them.

import { z } from 'zod';
import { chinaTimestamp, instantOfChinaTime, secondsUntilChinaMidnight } from '../../common/china-time.ts';
import { type Mobile, parseMobile } from '../../common/phone-number.ts';
import { confidential, text } from '../../config/env.ts';

/** A mobile that gets no SMS and always has the same code. */
export interface TestMobile {
  readonly mobile: Mobile;
  /** Six digits. */
  readonly code: string;
}

/**
 * The codes are known to other people, so production must not keep them for long. An app review takes days; 90 days cover
 * several of them.
 */
const MAX_DAYS_AHEAD = 90;
const DAY_MS = 24 * 60 * 60 * 1000;

const LIST = 'must be comma-separated mobiles with codes of six digits, like 13800138000:123456';
const DATE = 'must be a date, like 2026-12-31';

/** @returns `undefined` for another form. */
function parseTestMobile(item: string): TestMobile | undefined {
  const [, number = '', code = ''] = /^([^:]+):(\d{6})$/.exec(item.trim()) ?? [];
  const mobile = parseMobile(number.trim());
  return mobile && { mobile, code };
}

const testMobiles = text.transform((value, context) => {
  const items = value.split(',').map(parseTestMobile);
  const parsed = items.filter((item) => item !== undefined);
  if (parsed.length < items.length) context.addIssue(LIST);
  else if (new Set(parsed.map(({ mobile }) => mobile)).size < parsed.length)
    context.addIssue('must not contain a mobile twice');
  else return parsed;
  return z.NEVER;
});

/** `yyyy-mm-dd` → the end of this day in China, in milliseconds since 1970. */
const endOfDate = text.transform((value, context) => {
  const startMs = /^\d{4}-\d\d-\d\d$/.test(value) ? instantOfChinaTime(`${value} 00:00:00`) : undefined;
  // Date.parse accepts 30 February as a day of March.
  const isDate = startMs !== undefined && chinaTimestamp(startMs).startsWith(value.replaceAll('-', ''));
  if (isDate) return startMs + DAY_MS;
  context.addIssue(DATE);
  return z.NEVER;
});

export const testMobilesSettings = {
  TEST_MOBILES: confidential(testMobiles.default([])),
  TEST_MOBILES_UNTIL: endOfDate.optional(),
};

interface TestMobilesValues {
  readonly NODE_ENV?: string;
  /** Both are `undefined` if they are invalid, which is reported elsewhere. */
  readonly TEST_MOBILES?: readonly TestMobile[] | undefined;
  readonly TEST_MOBILES_UNTIL?: number | undefined;
}

/**
 * The rules between the settings. A date in the past is no error: a restart after the date must not stop the service. The
 * mobiles are ordinary ones then.
 * @returns one entry for each broken rule. A problem quotes no value.
 */
export function testMobilesErrors(
  { NODE_ENV, TEST_MOBILES: mobiles, TEST_MOBILES_UNTIL: untilMs }: TestMobilesValues,
  nowMs: number,
): { setting: string; problem: string }[] {
  const problem = (sentence: string) => [{ setting: 'TEST_MOBILES_UNTIL', problem: sentence }];
  if (untilMs === undefined)
    return NODE_ENV === 'production' && mobiles !== undefined && mobiles.length > 0
      ? problem('is missing: production requires it with TEST_MOBILES')
      : [];
  if (mobiles?.length === 0) return problem('requires TEST_MOBILES');
  const endOfTodayMs = nowMs + secondsUntilChinaMidnight(nowMs) * 1000;
  return untilMs > endOfTodayMs + MAX_DAYS_AHEAD * DAY_MS
    ? problem(`must be at most ${MAX_DAYS_AHEAD} days ahead`)
    : [];
}
