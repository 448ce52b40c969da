// What the rule of a provider's code means: the outcome of the SMS, and when another one may be accepted.

import { describe, expect, it } from '@jest/globals';
import {
  outcomeOfCode,
  type RetryRule,
  retryAfterSeconds,
} from '../../src/sms/providers/common/answer-code.ts';

/** 00:45 in China. */
const NOW_MS = Date.parse('2026-03-01T16:45:00Z');

describe('a rule with a retry', () => {
  it.each([
    ['soon', 10],
    ['after_a_minute', 60],
    ['next_hour', 15 * 60],
    ['next_day', (23 * 60 + 15) * 60],
    ['after_24_hours', 24 * 60 * 60],
  ] satisfies [RetryRule, number][])('%s means %d seconds', (retry, seconds) => {
    expect(retryAfterSeconds({ cause: 'limit', retry }, NOW_MS)).toBe(seconds);
  });

  it('rejects the SMS with its cause, and without a fault', () => {
    expect(outcomeOfCode({ cause: 'limit', retry: 'next_hour' }, 'E-1 busy', NOW_MS)).toEqual({
      kind: 'rejected',
      cause: 'limit',
      reason: 'E-1 busy',
      retryAfterSeconds: 900,
    });
  });
});

it('a rule with a fault rejects the SMS, and names what the operator must correct', () => {
  expect(outcomeOfCode({ cause: 'account', fault: 'balance' }, 'E-2', NOW_MS)).toEqual({
    kind: 'rejected',
    cause: 'account',
    fault: 'balance',
    reason: 'E-2',
    retryAfterSeconds: 10,
  });
});

it('a code without a rule leaves the outcome unknown', () => {
  expect(outcomeOfCode(undefined, 'E-3', NOW_MS)).toEqual({ kind: 'unknown', reason: 'E-3' });
});
