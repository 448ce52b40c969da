// The numbers of a drill: who visits when, which SMS are too many, and when service is normal again.

import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../drills/support/answers.ts';
import { drillReport } from '../drills/support/drill-report.ts';
import { mobileOfVisit } from '../drills/support/load.ts';
import { countBeyond } from '../drills/support/sms-counter.ts';

describe('the mobiles of a load', () => {
  const load = { visitsPerSecond: 10, visitsPerMobile: 5, revisitSeconds: 2, reuseSeconds: 12 };
  const visits = Array.from({ length: 600 }, (_, visit) => ({
    second: visit / load.visitsPerSecond,
    mobile: mobileOfVisit(visit, load),
  }));

  it('are used again every two seconds, and after twelve seconds from the beginning', () => {
    const seconds = visits
      .filter(({ mobile }) => mobile === '13900000000')
      .map(({ second }) => Math.floor(second));
    expect(seconds.slice(0, 7)).toEqual([0, 2, 4, 6, 8, 12, 14]);
  });

  it('are new at a steady rate', () => {
    const firstTen = new Set(visits.slice(0, 100).map(({ mobile }) => mobile));
    expect(firstTen.size).toBe(20 + 1); // two per second, and `undefined` for the visits before the first mobile
  });
});

describe('an SMS', () => {
  const limits = { cooldownSeconds: 10, perHour: 3 };
  it.each([
    ['within the cooldown of the one before', [0, 5000], 1],
    ['within the cooldown of one that was too many itself', [0, 5000, 12_000], 2],
    ['a moment before the end of the cooldown, as a busy machine delivers it', [0, 9500], 0],
    ['after the cooldown', [0, 10_000, 20_000], 0],
    ['above the limit of the hour', [0, 10_000, 20_000, 30_000], 1],
  ])('%s', (_when, times, beyond) => {
    expect(countBeyond(times, limits)).toBe(beyond);
  });
});

describe('a report', () => {
  const answer = (type: string, atMs: number, durationMs = 10): Answer => ({
    operation: 'imageCaptcha',
    type,
    atMs,
    durationMs,
  });
  const report = (answers: readonly Answer[], serviceOutput = '') =>
    drillReport({
      title: 'a drill',
      faultAtMs: 1000,
      faultOverMs: 1000,
      answers,
      serviceOutput,
      smsTotal: 1,
      smsBeyondLimit: 0,
      lostCaptchas: 0,
    });

  it.each(['ServiceUnavailableError', 'TransportError', 'UntypedAnswer'])(
    'counts the time until the last %s',
    (type) => {
      const answers = [answer('ImageCaptcha', 1500), answer(type, 3000), answer('ImageCaptcha', 4000)];
      expect(report(answers)).toMatchObject({
        secondsUntilNormal: 2,
        answersMeanwhile: { ImageCaptcha: 1, [type]: 1 },
      });
    },
  );

  it('has no time without a disturbance', () => {
    const answers = [answer('ImageCaptcha', 1500), answer('TooManyRequestsError', 2000)];
    expect(report(answers)).toMatchObject({ secondsUntilNormal: 0, answersMeanwhile: {} });
  });

  it('has the slowest answer, and the bugs that the service logged', () => {
    const numbers = report([answer('ImageCaptcha', 1500, 700)], '{"level":"error","msg":"internal error"}\n');
    expect(numbers).toMatchObject({ slowestAnswerSeconds: 0.7, internalErrors: 1 });
  });
});
