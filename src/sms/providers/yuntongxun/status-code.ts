// What the status codes of Yuntongxun mean for one SMS. The platform publishes no complete list: these codes are known from
// its pages, its SDKs and recorded responses. Any other code leaves the outcome unknown.

import type { RejectionRule } from '../common/answer-code.ts';

export const ACCEPTED = '000000';

/** Rejected before the SMS reached a carrier: the first and the last code of each range. */
const REJECTED_RANGES: readonly (readonly [first: number, last: number])[] = [
  [111100, 111111], // path, Authorization, sig, timestamp; concurrency
  [111113, 111113], // timestamp is not yyyyMMddHHmmss
  [111115, 111115], // caller's IP address not allowed
  [111128, 111133], // account or token malformed
  [111138, 111143], // account suspended, unknown or without balance
  [111169, 111171], // app id malformed
  [111176, 111182], // app unknown, disabled or in review
  [111188, 111188], // no test number bound
  [111212, 111212], // app not online
  [112300, 112319], // number, template, extension code; the day's limit
  [112323, 112323], // template missing or not approved
  [112349, 112350], // account not certified or not charged
  [112353, 112353], // app of another account
  [113302, 113302], // test template to a number that is no test number
  [160001, 160022], // channel busy, blocked words, number, length, limits
  [160030, 160046], // body, template, blacklist, limits, marketing
  [160048, 160049], // too many numbers, sensitive words
  [160051, 160053], // unsubscribed number, variables, IP address
  [160055, 160062], // reqId too long, repeated content, foreign numbers
  [160065, 160074], // extension code, schedule, blacklists
  [161002, 161002], // channel's balance
  [161005, 161007], // no channel, channel's concurrency, sensitive words
  [161020, 161020], // channel could not be connected to
  [161100, 161108], // authentication of the newer gateway
];

const DAILY_LIMITS = new Set([112314, 160021, 160022, 160039, 160040, 160041]);
const FREQUENCY_LIMITS = new Set([160015, 160016, 160038, 160056]);

/**
 * The rule of a code that means: the SMS was certainly not sent.
 * @returns `undefined` if the SMS may have been sent: internal errors, channel errors after the hand-over, 160054
 *   (the request id was used before, so a request was accepted), and every unknown code.
 */
export function rejectionRule(statusCode: string): RejectionRule | undefined {
  if (!/^\d{6}$/.test(statusCode)) return undefined;
  const code = Number(statusCode);
  if (!REJECTED_RANGES.some(([first, last]) => first <= code && code <= last)) return undefined;
  if (DAILY_LIMITS.has(code)) return { cause: 'limit', retry: 'next_day' };
  if (FREQUENCY_LIMITS.has(code)) return { cause: 'limit', retry: 'after_a_minute' };
  return { cause: 'provider', retry: 'soon' };
}
