// A real browser for tests: Debian's Chromium, or another one that the system has, driven by playwright-core.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { programPath } from './program-path.ts';
import { projectRoot } from './project-root.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where screenshots are kept, for a person to look at. */
export const SCREENSHOTS = join(projectRoot, '.data/screenshots');

function pathOfBrowser(): string | undefined {
  return NAMES.map(programPath).find((path) => path !== undefined);
}

export function hasBrowser(): boolean {
  return pathOfBrowser() !== undefined;
}

/** A browser that can look up no host at all: whatever a page needs has to come from the service. */
export async function startBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: String(pathOfBrowser()),
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

/** What went wrong in a page that nobody sees: errors in the console, among them whatever its policy refused. */
export interface Watched {
  readonly page: Page;
  readonly errors: string[];
  /** The hosts that were asked for anything. */
  readonly hosts: Set<string>;
}

export function watch(page: Page): Watched {
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

/** What axe-core has to say against a page: rules, each with the elements that break it. */
export async function findingsOfAxe(page: Page): Promise<unknown> {
  // by the debugger, since the page's policy takes no script from elsewhere
  await page.evaluate(readFileSync(join(projectRoot, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))',
  );
}

/** A page in a profile of its own. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  return watch(await context.newPage());
}
