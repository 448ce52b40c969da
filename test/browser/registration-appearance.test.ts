// The layout, accessibility and size of the registration page.

import { expect, it } from '@jest/globals';
import { accessibilityViolations } from '../support/browser.ts';
import { SMALL_PHONE, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';

const MAX_SCRIPT_BYTES = 130_000;

describeWithBrowser('the registration page', () => {
  const suite = withRegistrationPage();

  it.each([
    ['light-320', { ...SMALL_PHONE, language: 'zh-CN', colorScheme: 'light' }],
    ['dark-320', { ...SMALL_PHONE, language: 'en', colorScheme: 'dark' }],
    ['light-1280', { viewport: { width: 1280, height: 800 }, language: 'en', colorScheme: 'light' }],
  ] as const)('is accessible and never scrolls horizontally: %s', async (name, options) => {
    const page = await suite.open(options);
    await page.saveScreenshot(name);
    expect(await accessibilityViolations(page.page)).toEqual([]);
    await page.send.click();
    expect(await accessibilityViolations(page.page)).toEqual([]);
    const isScrollable = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.page.evaluate(isScrollable)).toBe(false);
  });

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
