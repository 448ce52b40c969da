// Times of SMS platforms in China: read from their answers, and until their limits end.

import { describe, expect, it } from '@jest/globals';
import { chinaTimestamp, instantOfChinaTime, secondsUntilNextHour } from '../../src/common/china-time.ts';

describe('a time in China', () => {
  it.each(['20260302003001', '2026-03-02 00:30:01', '2026-03-02T00:30:01'])('is read from %s', (time) => {
    expect(instantOfChinaTime(time)).toBe(Date.parse('2026-03-01T16:30:01Z'));
  });

  it('is read as it was written', () => {
    for (const instant of ['2024-02-29T15:59:59Z', '2026-12-31T16:00:00Z', '2000-01-01T00:00:00Z']) {
      const instantMs = Date.parse(instant);
      expect(instantOfChinaTime(chinaTimestamp(instantMs))).toBe(instantMs);
    }
  });

  it.each([
    ['nothing', ''],
    ['a date alone', '20260302'],
    ['milliseconds since 1970', '1772382601000'],
    ['too many digits', '202603020030010'],
    ['month 13', '20261302003001'],
    ['30 February', '20260230003001'],
    ['hour 25', '20260302253001'],
    ['only nines', '99999999999999'],
    ['a time zone', '2026-03-02 00:30:01Z'],
    ['a line break', '20260302003001\n'],
    ['another text', 'yesterday'],
  ])('is not read from %s', (_what, time) => {
    expect(instantOfChinaTime(time)).toBeUndefined();
  });
});

describe('the seconds until the next full hour', () => {
  it.each([
    ['2026-03-01T16:00:00.000Z', 3600],
    ['2026-03-01T16:00:00.001Z', 3600],
    ['2026-03-01T16:45:00.000Z', 900],
    ['2026-03-01T16:59:59.999Z', 1],
  ])('at %s are %d', (instant, seconds) => {
    expect(secondsUntilNextHour(Date.parse(instant))).toBe(seconds);
  });
});
