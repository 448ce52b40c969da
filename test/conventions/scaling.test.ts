// docs/scaling.md: every result of the page follows from its assumptions and unit costs by the formula next to it.
// After a new measurement, change the unit costs and write the results: WRITE_RESULTS=1 npm test -- scaling

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { settings } from '../../src/config/settings.ts';
import { type LimitedAction, RateLimits } from '../../src/rate-limiting/limits.ts';
import { MAX_LOT } from '../../src/spend-cap/spend-day.repository.ts';
import { assumptions, limits, perVerification, redisKeys, withResults } from '../support/capacity-model.ts';
import { evaluate, threeDigits } from '../support/formulas.ts';
import { projectRoot } from '../support/project-root.ts';
import { readProjectFile } from '../support/sources.ts';
import { keys } from '../support/store-fixtures.ts';

const PATH = 'docs/scaling.md';
if (process.env.WRITE_RESULTS) writeFileSync(join(projectRoot, PATH), withResults(readProjectFile(PATH)));
const page = readProjectFile(PATH);

describe('docs/scaling.md', () => {
  it('has the results of its formulas', () => {
    expect(page).toBe(withResults(page));
  });

  it('would be reported with a result that does not follow', () => {
    const [requests] = perVerification(page);
    const wrong = page.replace(` ${threeDigits(requests?.[1] ?? 0)} |\n`, ' 4.9 |\n');
    expect(wrong).not.toBe(page);
    expect(withResults(wrong)).toBe(page);
  });

  it('lists what gives out first in ascending order', () => {
    const values = limits(page).map(([, value]) => value);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  it('has the constants and defaults of the service', () => {
    const assumed = new Map(assumptions(page));
    expect(assumed.get('lot')).toBe(MAX_LOT);
    expect(assumed.get('gatewayPool')).toBe(settings.YUNTONGXUN_CONNECTIONS.parse(undefined));
    expect(assumed.get('rangeLimit')).toBe(settings.SMS_PER_RANGE_PER_HOUR.parse(undefined));
    const options = readProjectFile('src/infrastructure/postgres/mikro-orm-options.ts');
    expect(options).toContain(`const MAX_CONNECTIONS = ${assumed.get('sqlPool')};`);
  });

  it('has the key of every rate limit with its window', () => {
    const rateLimits = new RateLimits(keys, loadConfig({}).rateLimits);
    const actions: readonly LimitedAction[] = ['issueCaptcha', 'requestSmsCode', 'sendSms', 'verifySmsCode'];
    const windows = actions.flatMap((action) =>
      rateLimits
        .of(action, '+8613800138000' as Mobile)
        .map(({ name, windowSeconds }) => [name, windowSeconds]),
    );
    const rows = redisKeys(page).map(({ name, lifetimeSeconds }) => [name, lifetimeSeconds]);
    expect(windows.length).toBeGreaterThan(5);
    expect(rows).toEqual(expect.arrayContaining(windows));
  });
});

describe('a formula', () => {
  it('is evaluated with the symbols of the page', () => {
    expect(evaluate('max(2, ceil(a × 3 / 2)) − 1e1', new Map([['a', 9]]))).toBe(4);
  });

  it.each(['a; b', 'process.exit()', '"a"', 'unknown × 2', ''])('is rejected: %s', (formula) => {
    expect(() => evaluate(formula, new Map([['a', 1]]))).toThrow();
  });
});
