// The layout and size of the registration page. test/drills/registration-states.test.ts checks how each state looks.

import { expect, it } from '@jest/globals';
import { withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';

const MAX_SCRIPT_BYTES = 130_000;

describeWithBrowser('the registration page', () => {
  const suite = withRegistrationPage();

  it('does not shift its layout while the captcha loads', async () => {
    const page = await suite.open();
    const shift = await page.page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
      }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    expect(shift).toBeLessThan(0.001);
  });

  it('loads at most 130 KB of scripts and no font', async () => {
    const page = await suite.open();
    const resources = (await page.page.evaluate(
      'performance.getEntriesByType("resource").map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))',
    )) as { name: string; encodedBodySize: number }[];
    const scripts = resources.filter(({ name }) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
    expect(resources.filter(({ name }) => /woff|ttf/.test(name))).toEqual([]);
  });
});
