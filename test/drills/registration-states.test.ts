// Every state of the registration page, as a picture at each width, in both languages and both colour schemes. None of them scrolls
// sideways, and axe finds nothing. `WRITE_RESULTS=1 npm run drill -- registration-states` writes the contact sheets into docs/images/.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { accessibilityViolations, newPage, SCREENSHOTS } from '../support/browser.ts';
import { projectRoot } from '../support/project-root.ts';
import {
  intercept,
  type PageLanguage,
  type RegistrationPage,
  withRegistrationPage,
} from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { registerMobile } from '../support/users.ts';

jest.setTimeout(240_000);

const VIEWPORTS = [
  { width: 320, height: 640 },
  { width: 390, height: 760 },
  { width: 768, height: 760 },
  { width: 1280, height: 760 },
];
const SCHEMES = ['light', 'dark'] as const;
const LANGUAGES = ['zh-CN', 'en'] as const;
const HEIGHT_OF_ROW_PX = 330;

describeWithBrowser('every state of the registration page', () => {
  const suite = withRegistrationPage();

  it.each(LANGUAGES)('fits each width and is accessible, in %s', async (language) => {
    for (const [state, reach] of Object.entries(STATES)) {
      const page = await suite.open({ language, viewport: VIEWPORTS[0] ?? null });
      await reach(page, suite.app, language);
      await page.page.mouse.move(0, 0);
      for (const viewport of VIEWPORTS) {
        await page.page.setViewportSize(viewport);
        for (const colorScheme of SCHEMES) {
          await page.page.emulateMedia({ colorScheme });
          const path = join(SCREENSHOTS, `${fileName(state, language, colorScheme, viewport.width)}.png`);
          await page.page.screenshot({ path });
          const isSmall = viewport.width === 320;
          if (isSmall) expect([state, await accessibilityViolations(page.page)]).toEqual([state, []]);
        }
        expect([state, viewport.width, await overflow(page)]).toEqual([
          state,
          viewport.width,
          [0, expect.any(Number)],
        ]);
      }
      await page.close();
    }
    for (const colorScheme of SCHEMES) await writeSheet(Object.keys(STATES), language, colorScheme);
  });

  /** One image with all states in their rows and all widths beside each other. */
  async function writeSheet(states: readonly string[], language: PageLanguage, colorScheme: string) {
    if (process.env.WRITE_RESULTS !== '1') return;
    const { page } = await newPage(suite.browser, { viewport: { width: 3000, height: 800 } });
    const image = (state: string, width: number) => {
      const file = join(SCREENSHOTS, `${fileName(state, language, colorScheme, width)}.png`);
      return `<img height="${HEIGHT_OF_ROW_PX}" src="data:image/png;base64,${readFileSync(file, 'base64')}">`;
    };
    const rows = states.map((state) => {
      const images = VIEWPORTS.map(({ width }) => image(state, width)).join('');
      return `<section><h2>${state}</h2><div>${images}</div></section>`;
    });
    await page.setContent(`<style>body{font:14px sans-serif;margin:12px}h2{font-size:14px;margin:12px 0 4px}
      body{display:grid;grid-template-columns:1fr 1fr}div{display:flex;gap:10px}img{border:1px solid #8893a8}</style>${rows.join('')}`);
    const sheet = page.locator('body');
    await sheet.screenshot({
      path: join(projectRoot, `docs/images/registration-states-${language}-${colorScheme}.png`),
    });
    await page.context().close();
  }
});

type Reach = (
  page: RegistrationPage,
  app: Parameters<typeof registerMobile>[0] & { gateway: { lastCode: string } },
  language: PageLanguage,
) => Promise<void>;

const STATES: Record<string, Reach> = {
  empty: async () => {},
  'everything missing': async (page) => {
    await page.send.click();
    await page.message('captchaAnswer').filter({ hasText: /\S/ }).waitFor();
  },
  'wrong characters': async (page) => {
    await page.fill('13800138000');
    await page.captchaAnswer.fill('zzzz');
    await page.send.click();
    await page.message('captchaAnswer').filter({ hasText: /\S/ }).waitFor();
  },
  'the device instead of the image': async (page) => {
    await page.mobile.fill('13800138000');
    await page.page.locator('button.switch').click();
  },
  'already registered': async (page, app) => {
    const mobile = freshMobile();
    await registerMobile(app, mobile);
    await page.sendTo(mobile);
    await page.message('mobile').filter({ hasText: /\S/ }).waitFor();
  },
  'log in': async (page) => {
    await page.fill('13800138000');
    await page.page.getByRole('tab').last().click();
  },
  'SMS sent': async (page) => {
    await page.sendSuccessfullyTo(freshMobile());
    await page.code.pressSequentially('123');
  },
  'wrong code': async (page, app) => {
    await page.sendSuccessfullyTo(freshMobile());
    await page.code.fill(app.gateway.lastCode === '000000' ? '000001' : '000000');
    await page.message('code').filter({ hasText: /\S/ }).waitFor();
  },
  'too many requests of the service': async (page) => {
    const requestSmsCode = {
      __typename: 'TooManyRequestsError',
      scope: 'SERVICE',
      message: '',
      retryAfterSeconds: 3600,
    };
    await intercept(page.page, 'RequestSmsCode', (route) =>
      route.fulfill({ json: { data: { requestSmsCode } } }),
    );
    await page.sendTo(freshMobile());
    await page.message('form').filter({ hasText: /\S/ }).waitFor();
  },
  'no response': async (page) => {
    await page.fill(freshMobile());
    await page.loseResponses('RequestSmsCode');
    await page.send.click();
    await page.retry.waitFor();
  },
  registered: async (page, app) => {
    await page.sendSuccessfullyTo(freshMobile());
    await page.code.fill(app.gateway.lastCode);
    await page.registered.waitFor();
  },
};

function fileName(state: string, language: string, colorScheme: string, width: number): string {
  return ['state', state.replaceAll(' ', '-'), language, colorScheme, width].join('-');
}

/** By how much the page is wider and higher than the window, in pixels. */
function overflow(page: RegistrationPage): Promise<[number, number]> {
  return page.page.evaluate(`(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
    [scrollWidth - clientWidth, scrollHeight - clientHeight])(document.documentElement)`);
}
