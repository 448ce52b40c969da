// The registration page as a person uses it: fields and buttons by the names that are read out.

import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { newPage, SCREENSHOTS, type Watched, watch } from './browser.ts';
import { eventually } from './eventually.ts';
import type { TestApp } from './test-app.ts';

const NAMES = {
  'zh-CN': {
    mobile: '手机号',
    captchaAnswer: '图片验证码',
    code: '短信验证码',
    send: /获取验证码|秒|发送中/,
    register: /^注册/,
    another: '换一张',
    retry: '重试',
  },
  en: {
    mobile: 'Mobile number',
    captchaAnswer: 'Characters in the picture',
    code: 'Code from the text message',
    send: /Send code|^\d+ s$|Sending/,
    register: /^Register/,
    another: 'Another picture',
    retry: 'Try again',
  },
} as const;

export type PageLanguage = keyof typeof NAMES;

export interface PageOptions extends BrowserContextOptions {
  readonly language?: PageLanguage;
  /** What the browser says that its person reads. */
  readonly languages?: readonly string[];
  /** Where the page is, if not at the service itself. */
  readonly url?: string;
}

export class RegistrationPage {
  /** The captchas that the page was given: their ids by their pictures. */
  readonly captchas: ReadonlyMap<string, string>;
  /** The operations that it asked for, in their order. */
  readonly asked: string[] = [];
  readonly mobile: Locator;
  readonly captchaAnswer: Locator;
  readonly code: Locator;
  readonly send: Locator;
  readonly register: Locator;
  readonly another: Locator;
  readonly retry: Locator;

  private constructor(
    private readonly app: TestApp,
    readonly watched: Watched,
    private readonly url: string,
    language: PageLanguage,
  ) {
    const { page } = watched;
    const names = NAMES[language];
    this.mobile = page.getByRole('textbox', { name: names.mobile, exact: true });
    this.captchaAnswer = page.getByRole('textbox', { name: names.captchaAnswer, exact: true });
    this.code = page.getByRole('textbox', { name: names.code, exact: true });
    this.send = page.getByRole('button', { name: names.send });
    this.register = page.getByRole('button', { name: names.register });
    this.another = page.getByRole('button', { name: names.another });
    this.retry = page.getByRole('button', { name: names.retry });
    page.on('request', (request) => {
      if (request.url().endsWith('/graphql')) this.asked.push(request.postDataJSON().operationName);
    });
    this.captchas = captchasOf(page);
  }

  /** In a profile of its own. */
  static async open(app: TestApp, browser: Browser, options: PageOptions = {}): Promise<RegistrationPage> {
    const { language = 'zh-CN', languages, url = app.url, ...context } = options;
    const watched = await newPage(browser, { locale: language, ...context });
    if (languages) {
      const value = JSON.stringify(languages);
      await watched.page.addInitScript(`Object.defineProperty(navigator, 'languages', { value: ${value} })`);
    }
    return new RegistrationPage(app, watched, url, language).go();
  }

  get page(): Page {
    return this.watched.page;
  }

  /** Another tab of the same profile. */
  async openTab(language: PageLanguage = 'zh-CN'): Promise<RegistrationPage> {
    const watched = watch(await this.page.context().newPage());
    return new RegistrationPage(this.app, watched, this.url, language).go();
  }

  async go(): Promise<this> {
    await this.page.goto(this.url);
    await this.picture().waitFor();
    return this;
  }

  picture(): Locator {
    return this.page.getByRole('img');
  }

  /** What is said at a field. */
  said(field: 'mobile' | 'captchaAnswer' | 'code' | 'form'): Locator {
    return this.page.locator(`#${field}-message`);
  }

  /** The id of the picture that is shown, once the page is done with loading it. */
  async captchaId(): Promise<string> {
    const picture = this.page.locator('.picture[aria-busy=false] img');
    let id: string | undefined;
    await eventually(async () => {
      id = this.captchas.get((await picture.getAttribute('src')) ?? '');
      return id !== undefined;
    });
    return String(id);
  }

  /** Reads the picture, by looking into Redis. */
  async readPicture(): Promise<string> {
    return String(await this.app.redis.get(`captcha:${await this.captchaId()}`));
  }

  /** How often it asked for an operation. */
  countOf(operation: string): number {
    return this.asked.filter((asked) => asked === operation).length;
  }

  /** What is read out with a field, besides its name. */
  async description(field: Locator): Promise<string> {
    const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
    const there = ids.map((id) => this.page.locator(`#${id}`).allTextContents());
    const texts = (await Promise.all(there)).flat();
    return texts.join(' ').trim();
  }

  /** Fills in what a text takes. */
  async fill(mobile: string): Promise<void> {
    await this.mobile.fill(mobile);
    await this.captchaAnswer.fill(await this.readPicture());
  }

  async sendTo(mobile: string): Promise<void> {
    await this.fill(mobile);
    await this.send.click();
  }

  /** The texts that went to a mobile. */
  textsTo(mobile: string): number {
    return this.app.gateway.requests.filter(({ to }) => to === mobile).length;
  }

  async keepPicture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  /** From now on the service does what it is asked by that operation, and its answer gets lost. */
  loseAnswersTo(operation: string): Promise<unknown> {
    return loseAnswersTo(this.page, operation);
  }

  /** Answers arrive again. */
  async mend(): Promise<void> {
    await this.page.unroute('**/graphql');
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** The captchas that a page is given from now on: their ids by their pictures. */
export function captchasOf(page: Page): ReadonlyMap<string, string> {
  const captchas = new Map<string, string>();
  page.on('response', async (response) => {
    if (!response.url().endsWith('/graphql')) return;
    const body = await response.json().catch(() => undefined);
    const { image, id } = body?.data?.imageCaptcha ?? {};
    if (image) captchas.set(image, id);
  });
  return captchas;
}

/** From now on the service does what it is asked by that operation, and its answer gets lost. */
export function loseAnswersTo(page: Page, operation: string): Promise<unknown> {
  return page.route('**/graphql', async (route) => {
    if (route.request().postDataJSON().operationName !== operation) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
}
