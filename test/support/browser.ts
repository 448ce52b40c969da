// A real browser for tests: Debian's Chromium, or another one on the PATH, driven by playwright-core.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { programPath } from './program-path.ts';
import { projectRoot } from './project-root.ts';

const PROGRAM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Screenshots for a person to look at. No test compares them. */
export const SCREENSHOTS = join(projectRoot, '.data/screenshots');

function browserPath(): string | undefined {
  return PROGRAM_NAMES.map(programPath).find((path) => path !== undefined);
}

export function hasBrowser(): boolean {
  return browserPath() !== undefined;
}

/** Starts a browser that resolves no host name: everything that a page loads must come from the service. */
async function startBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: String(browserPath()),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** Starts a browser before the tests of a suite and closes it after them. Returns a function that gets the browser. */
export function withBrowser(): () => Browser {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  return () => browser;
}

/** A page and what it did. */
export interface ObservedPage {
  readonly page: Page;
  /** Errors and warnings in the console, among them every violation of the content security policy. */
  readonly errors: string[];
  /** The hosts that the page sent requests to. */
  readonly hosts: Set<string>;
}

export function observe(page: Page): ObservedPage {
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(hostname);
  });
  return { page, errors, hosts };
}

/** A page with its own cookies and storage. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<ObservedPage> {
  const context = await browser.newContext(options);
  return observe(await context.newPage());
}

/** The accessibility violations that axe-core finds: each rule with the elements that violate it. */
export async function accessibilityViolations(page: Page): Promise<unknown> {
  // `evaluate` goes through the debugger. The content security policy would block a script element.
  await page.evaluate(readFileSync(join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))',
  );
}

/** Takes a screenshot of the whole page. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
