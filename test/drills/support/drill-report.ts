// The numbers of a drill, and the line that prints them.

import { type Answer, countByType, isDisturbed, UNTYPED } from './answers.ts';

export interface DrillReport {
  readonly title: string;
  /** From the fault until the last answer that a working service does not give. 0: there was none. */
  readonly secondsUntilNormal: number;
  /** How long the fault took, until it was undone if the drill undoes it. */
  readonly faultSeconds: number;
  /** Answers between the fault and normal service, by type. */
  readonly answersMeanwhile: Readonly<Record<string, number>>;
  /** Of all answers since the fault. */
  readonly slowestAnswerSeconds: number;
  readonly untypedAnswers: number;
  /** Log lines of the service about bugs. */
  readonly internalErrors: number;
  readonly smsTotal: number;
  /** SMS that a mobile received within its cooldown or above its limit. */
  readonly smsBeyondLimit: number;
  readonly lostCaptchas: number;
}

export interface DrillFacts {
  readonly title: string;
  readonly faultAtMs: number;
  readonly faultOverMs: number;
  /** Since the fault. */
  readonly answers: readonly Answer[];
  readonly serviceOutput: string;
  readonly smsTotal: number;
  readonly smsBeyondLimit: number;
  readonly lostCaptchas: number;
}

export function drillReport({
  faultAtMs,
  faultOverMs,
  answers,
  serviceOutput,
  ...facts
}: DrillFacts): DrillReport {
  const normalAtMs = answers.findLast(isDisturbed)?.atMs ?? faultAtMs;
  const meanwhile = answers.filter(({ atMs }) => atMs <= normalAtMs);
  return {
    ...facts,
    secondsUntilNormal: (normalAtMs - faultAtMs) / 1000,
    faultSeconds: (faultOverMs - faultAtMs) / 1000,
    answersMeanwhile: countByType(meanwhile),
    slowestAnswerSeconds: Math.max(0, ...answers.map(({ durationMs }) => durationMs)) / 1000,
    untypedAnswers: answers.filter(({ type }) => type === UNTYPED).length,
    internalErrors: serviceOutput.match(/"msg":"internal error"/g)?.length ?? 0,
  };
}

/** One line for the output of the test run. */
export function formatReport(report: DrillReport): string {
  const types = Object.entries(report.answersMeanwhile)
    .sort(([, first], [, second]) => second - first)
    .map(([type, count]) => `${count} ${type}`);
  return [
    `[drill] ${report.title}`,
    `normal after ${report.secondsUntilNormal.toFixed(1)} s, fault: ${report.faultSeconds.toFixed(1)} s`,
    `answers meanwhile: ${types.join(', ') || 'none'}`,
    `slowest ${report.slowestAnswerSeconds.toFixed(2)} s`,
    `SMS: ${report.smsTotal}, beyond the limit: ${report.smsBeyondLimit}`,
    `lost captchas: ${report.lostCaptchas}`,
  ].join(' | ');
}
