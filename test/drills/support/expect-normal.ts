// What every drill asserts, whatever the fault.

import { expect } from '@jest/globals';
import type { DrillReport } from './drill-report.ts';

/** The service answers within two seconds. The rest is a margin for a machine that runs all servers of a drill. */
const SLOWEST_ANSWER_SECONDS = 3;

/** All answers were typed and came in time, and nothing was logged as a bug. */
export function expectTypedAnswersInTime(report: DrillReport): void {
  expect(report).toMatchObject({ untypedAnswers: 0, internalErrors: 0 });
  expect(report.answersMeanwhile).not.toHaveProperty('TransportError');
  expect(report.slowestAnswerSeconds).toBeLessThan(SLOWEST_ANSWER_SECONDS);
}
