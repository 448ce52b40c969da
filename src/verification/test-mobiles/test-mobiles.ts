// Test mobiles: numbers that get no SMS and have a code that the operator has chosen, for the reviewers of app stores and for
// end-to-end tests. Every other check and every rate limit applies to them as to any mobile.

import type { Mobile } from '../../common/phone-number.ts';
import type { TestMobile } from './test-mobiles.settings.ts';

export interface TestMobilesOptions {
  readonly mobiles: readonly TestMobile[];
  /** The first instant at which they are ordinary mobiles again. `undefined`: never. */
  readonly untilMs: number | undefined;
}

export class TestMobiles {
  private readonly codes: ReadonlyMap<Mobile, string>;
  private readonly untilMs: number;

  constructor({ mobiles, untilMs = Number.POSITIVE_INFINITY }: TestMobilesOptions) {
    this.codes = new Map(mobiles.map(({ mobile, code }) => [mobile, code]));
    this.untilMs = untilMs;
  }

  /** How many are configured, also after their date. */
  get count(): number {
    return this.codes.size;
  }

  /** The code of a test mobile. `undefined` for an ordinary mobile, and for every mobile once the date is over. */
  codeOf(mobile: Mobile, nowMs: number): string | undefined {
    return nowMs < this.untilMs ? this.codes.get(mobile) : undefined;
  }
}
