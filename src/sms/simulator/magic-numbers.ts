// Magic numbers: the last four digits of a mobile choose what happens to its SMS.

import type { SimulatedRejection } from './provider-simulation.ts';

/** What the gateway does with a valid request. */
export type GatewayBehaviour =
  | { readonly kind: 'accept'; readonly delayMs?: number }
  | { readonly kind: 'reject'; readonly rejection: SimulatedRejection }
  /** No answer. `isSent`: the SMS is sent nevertheless. */
  | { readonly kind: 'hang' | 'reset' | 'half_answer'; readonly isSent: boolean }
  | { readonly kind: 'html_error' };

/** The reports about an accepted SMS, in their order. */
export type Reports = readonly ('delivered' | 'undelivered')[];

export interface MagicNumber {
  readonly meaning: string;
  readonly behaviour: GatewayBehaviour;
  readonly reports: Reports;
}

const ACCEPT: GatewayBehaviour = { kind: 'accept' };
const DELIVERED: Reports = ['delivered'];
const NONE: Reports = [];

const rejecting = (meaning: string, rejection: SimulatedRejection): MagicNumber => ({
  meaning,
  behaviour: { kind: 'reject', rejection },
  reports: NONE,
});

export const ORDINARY: MagicNumber = {
  meaning: 'accepted and reported as delivered',
  behaviour: ACCEPT,
  reports: DELIVERED,
};

/** By the last four digits. Every other number is `ORDINARY`. */
export const MAGIC_NUMBERS: Readonly<Record<string, MagicNumber>> = {
  '0001': rejecting('rejected: the number is blocked', 'recipient'),
  '0002': {
    meaning: 'no answer, and the SMS is not sent',
    behaviour: { kind: 'hang', isSent: false },
    reports: NONE,
  },
  '0003': {
    meaning: 'the connection closes after the request, and the SMS is not sent',
    behaviour: { kind: 'reset', isSent: false },
    reports: NONE,
  },
  '0004': rejecting('rejected: the balance of the account is used up', 'account'),
  '0005': {
    meaning: 'accepted and reported as undelivered',
    behaviour: ACCEPT,
    reports: ['undelivered'],
  },
  '0006': rejecting('rejected: too many SMS to this number', 'limit_minute'),
  '0007': rejecting('rejected: the template or the content is not approved', 'content'),
  '0008': rejecting('rejected: the platform is busy', 'throttled'),
  '0009': rejecting('an error after which the outcome is unknown', 'system_error'),
  '0010': { meaning: 'HTTP 502 with a page in HTML', behaviour: { kind: 'html_error' }, reports: NONE },
  '0011': { meaning: 'accepted, and never reported', behaviour: ACCEPT, reports: NONE },
  '0012': {
    meaning: 'no answer, but the SMS is sent: a look-up finds it',
    behaviour: { kind: 'hang', isSent: true },
    reports: DELIVERED,
  },
  '0013': {
    meaning: 'the connection closes after the request, but the SMS is sent',
    behaviour: { kind: 'reset', isSent: true },
    reports: DELIVERED,
  },
  '0014': {
    meaning: 'half an answer, but the SMS is sent',
    behaviour: { kind: 'half_answer', isSent: true },
    reports: DELIVERED,
  },
  '0015': {
    meaning: 'accepted, reported as delivered twice, then as undelivered',
    behaviour: ACCEPT,
    reports: ['delivered', 'delivered', 'undelivered'],
  },
  '0016': {
    meaning: 'accepted after 3 seconds and reported as delivered',
    behaviour: { kind: 'accept', delayMs: 3000 },
    reports: DELIVERED,
  },
};

export function magicNumberOf(mobile: string): MagicNumber {
  const digits = mobile.slice(-4);
  return Object.hasOwn(MAGIC_NUMBERS, digits) ? (MAGIC_NUMBERS[digits] ?? ORDINARY) : ORDINARY;
}
