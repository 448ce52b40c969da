// A page object of the registration page: fields and buttons by their accessible names.

import { afterEach } from '@jest/globals';
import type { Browser, BrowserContextOptions, Locator, Page, Route } from 'playwright-core';
import { newPage, type ObservedPage, observe, saveScreenshot, withBrowser } from './browser.ts';
import { eventually } from './eventually.ts';
import { captchaKey } from './redis-keys.ts';
import { type TestApp, type TestAppOptions, withTestApp } from './test-app.ts';

const NAMES = {
  'zh-CN': {
    mobile: '手机号',
    captchaAnswer: '图片验证码',
    code: '短信验证码',
    send: /获取验证码|重新发送|秒|发送中/,
    register: /^注册/,
    newCaptcha: '换一张',
    retry: '重试',
    registered: '注册成功',
  },
  en: {
    mobile: 'Mobile number',
    captchaAnswer: 'Characters in the image',
    code: 'Code from the SMS',
    send: /^Send/,
    register: /^Register/,
    newCaptcha: 'New image',
    retry: 'Try again',
    registered: 'You are registered',
  },
} as const;

export const SMALL_PHONE = { viewport: { width: 320, height: 640 } };

export type PageLanguage = keyof typeof NAMES;
export type PageField = 'mobile' | 'captchaAnswer' | 'code';

export interface PageOptions extends BrowserContextOptions {
  readonly language?: PageLanguage;
  /** The preferred languages of the browser, if not the one language. */
  readonly languages?: readonly string[];
  /** The address of the page, if the service does not serve it. */
  readonly url?: string;
}

export interface RegistrationPageSuite {
  readonly app: TestApp;
  readonly browser: Browser;
  /** Opens the page with its own cookies and storage. It is closed after the test. */
  open(options?: PageOptions): Promise<RegistrationPage>;
}

/** Starts the service and a browser for a suite. The properties of the result are available in its tests. */
export function withRegistrationPage(options: TestAppOptions = {}): RegistrationPageSuite {
  const browser = withBrowser();
  const app = withTestApp({ ...options, settings: { DEMO: 'on', ...options.settings } });
  const openPages: RegistrationPage[] = [];
  afterEach(async () => {
    await Promise.all(openPages.splice(0).map((page) => page.close()));
  });
  return {
    app,
    get browser() {
      return browser();
    },
    async open(pageOptions) {
      const page = await RegistrationPage.open(app, browser(), pageOptions);
      openPages.push(page);
      return page;
    },
  };
}

export class RegistrationPage {
  /** The captchas that the page has received: their ids by their images. */
  readonly captchas: ReadonlyMap<string, string>;
  /** The operations that the page has sent, oldest first. */
  readonly operations: string[] = [];
  readonly mobile: Locator;
  readonly captchaAnswer: Locator;
  readonly code: Locator;
  readonly send: Locator;
  readonly register: Locator;
  readonly consent: Locator;
  readonly newCaptcha: Locator;
  readonly retry: Locator;
  /** The heading of the confirmation. */
  readonly registered: Locator;

  private constructor(
    private readonly app: TestApp,
    readonly observed: ObservedPage,
    private readonly url: string,
    language: PageLanguage,
  ) {
    const { page } = observed;
    const names = NAMES[language];
    this.mobile = page.getByRole('textbox', { name: names.mobile, exact: true });
    this.captchaAnswer = page.getByRole('textbox', { name: names.captchaAnswer, exact: true });
    this.code = page.getByRole('textbox', { name: names.code, exact: true });
    this.send = page.getByRole('button', { name: names.send });
    this.register = page.getByRole('button', { name: names.register });
    this.consent = page.getByRole('checkbox');
    this.newCaptcha = page.getByRole('button', { name: names.newCaptcha });
    this.retry = page.getByRole('button', { name: names.retry });
    this.registered = page.getByRole('heading', { name: names.registered });
    page.on('request', (request) => {
      if (request.url().endsWith('/graphql')) this.operations.push(request.postDataJSON().operationName);
    });
    this.captchas = recordCaptchas(page);
  }

  static async open(app: TestApp, browser: Browser, options: PageOptions = {}): Promise<RegistrationPage> {
    const { language = 'zh-CN', languages, url = app.url, ...context } = options;
    const observed = await newPage(browser, { locale: language, ...context });
    if (languages) {
      const value = JSON.stringify(languages);
      await observed.page.addInitScript(`Object.defineProperty(navigator, 'languages', { value: ${value} })`);
    }
    return new RegistrationPage(app, observed, url, language).load();
  }

  get page(): Page {
    return this.observed.page;
  }

  /** Opens another tab with the same cookies and storage. */
  async openTab(language: PageLanguage = 'zh-CN'): Promise<RegistrationPage> {
    const observed = observe(await this.page.context().newPage());
    return new RegistrationPage(this.app, observed, this.url, language).load();
  }

  async load(): Promise<this> {
    await this.page.goto(this.url);
    await this.captchaImage().waitFor();
    return this;
  }

  /** Loads the page with a clock that the test controls. */
  async reloadWithFakeClock(): Promise<void> {
    await this.page.context().clock.install();
    await this.load();
  }

  captchaImage(): Locator {
    return this.page.getByRole('img');
  }

  /** The message at a field, or the message of the form. */
  message(target: PageField | 'consent' | 'form'): Locator {
    return this.page.locator(`#${target}-message`);
  }

  async expectFocus(field: PageField): Promise<void> {
    await this[field].and(this.page.locator(':focus')).waitFor({ timeout: 10_000 });
  }

  /** The id of the captcha on the page, once it has loaded. */
  async captchaId(): Promise<string> {
    const image = this.page.locator('.captcha-image[aria-busy=false] img');
    let id: string | undefined;
    await eventually(async () => {
      id = this.captchas.get((await image.getAttribute('src')) ?? '');
      return id !== undefined;
    });
    return String(id);
  }

  async readCaptcha(): Promise<string> {
    return readCaptchaAnswer(this.app, await this.captchaId());
  }

  /** Removes the captcha on the page from Redis. */
  async expireCaptcha(): Promise<void> {
    await this.app.redis.del(captchaKey(await this.captchaId()));
  }

  /** The digits in the field of the mobile, which shows them in groups. */
  async mobileDigits(): Promise<string> {
    return (await this.mobile.inputValue()).replaceAll(' ', '');
  }

  /** How often the page has sent an operation. */
  countOf(operation: string): number {
    return this.operations.filter((sent) => sent === operation).length;
  }

  /** What a screen reader reads after the name of the field. */
  async description(field: Locator): Promise<string> {
    const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
    const contents = ids.map((id) => this.page.locator(`#${id}`).allTextContents());
    return (await Promise.all(contents)).flat().join(' ').trim();
  }

  /** Fills in everything that a request for an SMS needs. */
  async fill(mobile: string): Promise<void> {
    await this.mobile.fill(mobile);
    await this.consent.check();
    await this.captchaAnswer.fill(await this.readCaptcha());
  }

  /** Requests an SMS. */
  async sendTo(mobile: string): Promise<void> {
    await this.fill(mobile);
    await this.send.click();
  }

  /** Requests an SMS and waits for the response. */
  async sendSuccessfullyTo(mobile: string): Promise<void> {
    await this.sendTo(mobile);
    await this.expectFocus('code');
  }

  /** How many messages the SMS gateway has received for a mobile. */
  messagesTo(mobile: string): number {
    return this.app.gateway.requests.filter(({ to }) => to === mobile).length;
  }

  saveScreenshot(name: string): Promise<void> {
    return saveScreenshot(this.page, name);
  }

  /** Drops the responses to an operation from now on. The service still executes it. */
  loseResponses(operation: string): Promise<unknown> {
    return loseResponses(this.page, operation);
  }

  /** Stops the interception of requests. */
  async restoreResponses(): Promise<void> {
    await this.page.unroute('**/graphql');
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** Reads the characters of a captcha from Redis. */
export async function readCaptchaAnswer(app: TestApp, id: unknown): Promise<string> {
  return String(await app.redis.get(captchaKey(id)));
}

/** Records the captchas that a page receives from now on: their ids by their images. */
export function recordCaptchas(page: Page): ReadonlyMap<string, string> {
  const captchas = new Map<string, string>();
  page.on('response', async (response) => {
    if (!response.url().endsWith('/graphql')) return;
    const body = await response.json().catch(() => undefined);
    const { image, id } = body?.data?.imageCaptcha ?? {};
    if (image) captchas.set(image, id);
  });
  return captchas;
}

/** Drops the responses to an operation from now on. The service still executes it. */
export function loseResponses(page: Page, operation: string): Promise<unknown> {
  return intercept(page, operation, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
}

/** Holds the requests of an operation. The function that it resolves to lets them pass. */
export async function holdRequests(page: Page, operation: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await intercept(page, operation, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Handles the requests of one operation from now on. */
export function intercept(
  page: Page,
  operation: string,
  handle: (route: Route) => unknown,
): Promise<unknown> {
  return page.route('**/graphql', (route) =>
    route.request().postDataJSON().operationName === operation ? handle(route) : route.fallback(),
  );
}
