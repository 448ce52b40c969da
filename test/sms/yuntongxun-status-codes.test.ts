// Status codes of the Yuntongxun gateway, and the outcome that each one means.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { rejectionRule } from '../../src/sms/providers/yuntongxun/status-code.ts';
import type { OperatorFault, SmsOutcome } from '../../src/sms/sms-sender.ts';
import { rejection } from '../support/test-gateway.ts';
import { withAnsweredSender } from './yuntongxun-fixture.ts';

/** 00:30 in China: the daily limits are reset 23.5 hours later. */
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const SECONDS_UNTIL_MIDNIGHT = 84_600;

type Codes = readonly (string | readonly [first: number, last: number])[];

const account = (fault: OperatorFault) => ({ cause: 'account', fault, retryAfterSeconds: 10 });
const content = (fault: OperatorFault) => ({ cause: 'content', fault, retryAfterSeconds: 10 });
const recipient = { cause: 'recipient', retryAfterSeconds: 10 };
const busy = { cause: 'provider', retryAfterSeconds: 10 };
const aMinute = { cause: 'limit', retryAfterSeconds: 60 };
const untilMidnight = { cause: 'limit', retryAfterSeconds: SECONDS_UNTIL_MIDNIGHT };

/** Rejections before the SMS reaches a carrier: single codes and ranges of codes. */
const REJECTED: readonly (readonly [what: string, rejection: object, codes: Codes])[] = [
  ['path, header and signature', account('credentials'), [[111100, 111110], '111113', [161100, 161108]]],
  ["the caller's IP address", account('ip_not_allowed'), ['111115', '160053']],
  [
    'account, token and app',
    account('credentials'),
    [[111128, 111133], '111141', '111143', [111169, 111171], [111181, 111182], '112353'],
  ],
  [
    'a suspended account or app',
    account('account_suspended'),
    [[111139, 111140], [111176, 111177], '111180'],
  ],
  ['the balance', account('balance'), ['111142', '112350', '160014', '161002']],
  [
    'a missing activation, and test numbers',
    account('not_activated'),
    [
      ...['111138', '111188', '111212', '112302', '112303', '112305', '112310', '112349', '113302'],
      ...['160058', '160060', '161005'],
      [111178, 111179],
    ],
  ],
  ['the form of the request', account('request'), ['112312', '160030', '160031', '160055', [160065, 160067]]],
  [
    'what the request must contain',
    content('request'),
    ['112301', '112304', [112308, 112309], '160017', '160048'],
  ],
  ['the signature of the SMS', content('signature'), ['160019']],
  [
    'the template, its variables and blocked words',
    content('template'),
    [
      ...['112307', '112311', '112313', '112315', '112318', '112323', '160011', '160018', '160020', '160043'],
      ...['160046', '160049', '160052', '160057', '160069', '160070', '160071', '161007'],
      [160032, 160033],
      [160035, 160037],
    ],
  ],
  [
    'the number',
    recipient,
    [
      ...['112300', '112306', '112316', '112317', '112319', '160013', '160034', '160042', '160044', '160045'],
      ...['160051', '160059', '160061', '160062', '160068'],
      [160072, 160074],
    ],
  ],
  ['a busy platform or channel', busy, ['111111', [160001, 160010], '160012', '161006', '161020']],
  ['the speed of the channel', { cause: 'provider', retryAfterSeconds: 60 }, ['160016']],
  ['the day of the account', { cause: 'provider', retryAfterSeconds: SECONDS_UNTIL_MIDNIGHT }, ['112314']],
  ['the day of a number', untilMidnight, ['160021', '160022', '160039', '160040', '160041']],
  ['a short interval between SMS', aMinute, ['160015', '160038', '160056']],
];

/** The SMS may have been sent. */
const UNCERTAIN: Codes = [
  ...['111000', '112326', '160000', '160050', '160063', '160064', '161000', '161001', '161003', '161004'],
  ...(['161021', '161022', '161023', '161024'] as const),
  [111001, 111099],
  [161008, 161012],
];

/** Codes of queries, reports and the administration. After a send, none of them means a rejection. */
const NOT_OF_A_SEND: Codes = [
  [111134, 111137],
  '111150',
  [111172, 111175],
  [112320, 112321],
  [112324, 112325],
  [112327, 112330],
  [112341, 112348],
  [112351, 112352],
  '112354',
  [112356, 112357],
  '160047',
  [161030, 161031],
];

/** Codes of the vendor's SDKs, which a gateway never sends. */
const OF_THE_SDKS: Codes = [
  [172001, 172007],
  [172012, 172013],
];

const UNDOCUMENTED: Codes = [
  ...['000001', '100000', '111112', '111114', '111144', '111183', '112322', '113300', '113301', '113303'],
  ...['160023', '160029', '160075', '160999', '161013', '161099', '161109', '200000', '999999'],
];

function each(codes: Codes): string[] {
  return codes.flatMap((code) => {
    if (typeof code === 'string') return [code];
    const [first, last] = code;
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

describe('a status code', () => {
  const send = withAnsweredSender();

  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function sendAll(codes: Codes): Promise<Record<string, SmsOutcome>> {
    const outcomes: Record<string, SmsOutcome> = {};
    for (const code of each(codes)) outcomes[code] = await send(rejection(code));
    return outcomes;
  }

  function all(codes: Codes, outcome: object): Record<string, SmsOutcome> {
    return Object.fromEntries(
      each(codes).map((code) => [code, { ...outcome, reason: `${code} 短信` } as SmsOutcome]),
    );
  }

  it.each(REJECTED)('about %s means that the SMS is rejected', async (_what, rejection, codes) => {
    jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
    expect(await sendAll(codes)).toEqual(all(codes, { kind: 'rejected', ...rejection }));
  });

  it('about a failure of the platform or of a carrier means an unknown outcome', async () => {
    expect(await sendAll(UNCERTAIN)).toEqual(all(UNCERTAIN, { kind: 'unknown' }));
  });

  it('about a duplicate request means an unknown outcome', async () => {
    expect(await send(rejection('160054'))).toEqual({ kind: 'unknown', reason: '160054 短信' });
  });

  it('of queries, reports or the administration means an unknown outcome', async () => {
    expect(await sendAll(NOT_OF_A_SEND)).toEqual(all(NOT_OF_A_SEND, { kind: 'unknown' }));
  });

  it('of the SDKs of the vendor means an unknown outcome', async () => {
    expect(await sendAll(OF_THE_SDKS)).toEqual(all(OF_THE_SDKS, { kind: 'unknown' }));
  });

  it('without documentation means an unknown outcome', async () => {
    expect(await sendAll(UNDOCUMENTED)).toEqual(all(UNDOCUMENTED, { kind: 'unknown' }));
  });

  it('means a rejection for exactly the codes above, out of one million', () => {
    const known = REJECTED.flatMap(([, , codes]) => codes);
    const rejected: string[] = [];
    for (let number = 0; number < 1_000_000; number += 1) {
      const code = String(number).padStart(6, '0');
      if (rejectionRule(code) !== undefined) rejected.push(code);
    }
    expect(rejected).toEqual(each(known).toSorted());
  });

  it.each([
    '',
    '0',
    '16003',
    '0160038',
    '160038 ',
    '160038\n',
    '１６００３８',
    'success',
    '-16003',
    '1.6e5',
    'null',
  ])('in another format, like %j, means an unknown outcome', async (code) => {
    expect(await send(rejection(code))).toMatchObject({ kind: 'unknown' });
  });
});
