// What the status codes of Yuntongxun mean for one SMS. The platform publishes no complete list: these codes are known from
// its pages, its SDKs and recorded responses. Any other code leaves the outcome unknown.

import type { OperatorFault } from '../../sms-sender.ts';
import type { RejectionRule, RetryRule } from '../common/answer-code.ts';

export const ACCEPTED = '000000';

const account = (fault: OperatorFault): RejectionRule => ({ cause: 'account', fault });
const content = (fault: OperatorFault): RejectionRule => ({ cause: 'content', fault });
const limit = (retry: RetryRule): RejectionRule => ({ cause: 'limit', retry });
const RECIPIENT: RejectionRule = { cause: 'recipient', retry: 'soon' };
const BUSY: RejectionRule = { cause: 'provider', retry: 'soon' };

/** Rejected before the SMS reached a carrier: the first and the last code of each range, and what they mean. */
const REJECTIONS: readonly (readonly [first: number, last: number, rule: RejectionRule])[] = [
  [111100, 111110, account('credentials')], // path, Authorization, sig, timestamp
  [111111, 111111, BUSY], // too many requests at once
  [111113, 111113, account('credentials')], // timestamp is not yyyyMMddHHmmss
  [111115, 111115, account('ip_not_allowed')],
  [111128, 111133, account('credentials')], // account or token malformed
  [111138, 111138, account('not_activated')],
  [111139, 111140, account('account_suspended')], // suspended, closed
  [111141, 111141, account('credentials')], // account unknown
  [111142, 111142, account('balance')],
  [111143, 111143, account('credentials')], // token invalid
  [111169, 111171, account('credentials')], // app id malformed
  [111176, 111177, account('account_suspended')], // app deleted, disabled
  [111178, 111179, account('not_activated')], // app not published, in review
  [111180, 111180, account('account_suspended')], // app suspended
  [111181, 111182, account('credentials')], // app unknown, of another account
  [111188, 111188, account('not_activated')], // no test number is bound
  [111212, 111212, account('not_activated')], // app not online
  [112300, 112300, RECIPIENT], // no number
  [112301, 112301, content('request')], // no text
  [112302, 112303, account('not_activated')], // the feature is suspended or off
  [112304, 112304, content('request')], // encoding
  [112305, 112305, account('not_activated')], // app not online: test numbers only
  [112306, 112306, RECIPIENT], // no number
  [112307, 112307, content('template')], // no template
  [112308, 112309, content('request')], // variables missing, encoding
  [112310, 112310, account('not_activated')], // app not online: test numbers only
  [112311, 112311, content('template')], // template unknown
  [112312, 112312, account('request')], // extension code not configured
  [112313, 112313, content('template')], // no such template
  [112314, 112314, { cause: 'provider', retry: 'next_day' }], // the day's limit of the account
  [112315, 112315, content('template')], // template id too long
  [112316, 112317, RECIPIENT], // malformed, blacklisted
  [112318, 112318, content('template')], // template id is no number
  [112319, 112319, RECIPIENT], // too long
  [112323, 112323, content('template')], // missing or not approved
  [112349, 112349, account('not_activated')], // company not certified
  [112350, 112350, account('balance')], // not charged enough
  [112353, 112353, account('credentials')], // app of another account
  [113302, 113302, account('not_activated')], // test template to a number that is no test number
  [160001, 160010, BUSY], // channel busy
  [160011, 160011, content('template')], // blocked word
  [160012, 160012, BUSY], // the channel does not know the platform
  [160013, 160013, RECIPIENT], // malformed or not supported
  [160014, 160014, account('balance')],
  [160015, 160015, limit('after_a_minute')], // sends to this number
  [160016, 160016, { cause: 'provider', retry: 'after_a_minute' }], // speed of the channel
  [160017, 160017, content('request')], // too many numbers
  [160018, 160018, content('template')], // blocked word
  [160019, 160019, content('signature')],
  [160020, 160020, content('template')], // too long
  [160021, 160022, limit('next_day')], // same content, sends to this number
  [160030, 160031, account('request')], // body empty or not readable
  [160032, 160033, content('template')], // not approved, blacklisted word
  [160034, 160034, RECIPIENT], // blacklisted
  [160035, 160037, content('template')], // empty, unknown kind, too long
  [160038, 160038, limit('after_a_minute')], // codes too often
  [160039, 160041, limit('next_day')], // per number and template
  [160042, 160042, RECIPIENT], // malformed
  [160043, 160043, content('template')], // of another app
  [160044, 160045, RECIPIENT], // no number, a number twice
  [160046, 160046, content('template')], // not approved
  [160048, 160048, content('request')], // too many numbers
  [160049, 160049, content('template')], // sensitive word
  [160051, 160051, RECIPIENT], // unsubscribed
  [160052, 160052, content('template')], // variable malformed
  [160053, 160053, account('ip_not_allowed')],
  [160055, 160055, account('request')], // request id too long
  [160056, 160056, limit('after_a_minute')], // same content
  [160057, 160057, content('template')], // template id is no number
  [160058, 160058, account('not_activated')], // no SMS abroad
  [160059, 160059, RECIPIENT],
  [160060, 160060, account('not_activated')], // no marketing abroad
  [160061, 160062, RECIPIENT], // country not supported
  [160065, 160067, account('request')], // extension code, schedule
  [160068, 160068, RECIPIENT], // opted out
  [160069, 160069, content('template')], // test template: a variable is no number
  [160070, 160070, content('template')], // template abroad
  [160071, 160071, content('template')], // marketing at night
  [160072, 160074, RECIPIENT], // blacklists
  [161002, 161002, account('balance')],
  [161005, 161005, account('not_activated')], // no channel
  [161006, 161006, BUSY], // too many requests at once
  [161007, 161007, content('template')], // sensitive word
  [161020, 161020, BUSY], // channel could not be connected to
  [161100, 161108, account('credentials')], // authentication of the newer gateway
];

/**
 * The rule of a code that means: the SMS was certainly not sent.
 * @returns `undefined` if the SMS may have been sent: internal errors, channel errors after the hand-over, 160054
 *   (the request id was used before, so a request was accepted), and every unknown code.
 */
export function rejectionRule(statusCode: string): RejectionRule | undefined {
  if (!/^\d{6}$/.test(statusCode)) return undefined;
  const code = Number(statusCode);
  return REJECTIONS.find(([first, last]) => first <= code && code <= last)?.[2];
}
