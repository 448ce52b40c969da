// A Chromium that knows no host but this machine, for the tests of the pages.

import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { missingBrowser } from './missing-programs.ts';
import { programPath } from './program-path.ts';

const executablePath = programPath('chromium') ?? programPath('chromium-browser');

/** A suite that opens pages. */
export function describeWithBrowser(title: string, suite: () => void): void {
  if (executablePath) describe(title, suite);
  else describe.skip(`${title} ${missingBrowser}`, suite);
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}
