// Status codes of the Yuntongxun gateway, and the outcome that each one means.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { rejectionRetrySeconds } from '../../src/sms/providers/yuntongxun/status-code.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { rejection } from '../support/test-gateway.ts';
import { withAnsweredSender } from './yuntongxun-fixture.ts';

/** 00:30 in China: the daily limits are reset 23.5 hours later. */
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const SECONDS_UNTIL_MIDNIGHT = 84_600;

type Codes = readonly (string | readonly [first: number, last: number])[];

/** Rejections before the SMS reaches a carrier: single codes and ranges of codes. */
const REJECTED: readonly (readonly [what: string, codes: Codes])[] = [
  ['path, header and signature', [[111100, 111111], '111113']],
  ["the caller's IP address", ['111115', '160053']],
  ['account and token', [[111128, 111133], [111138, 111143], '112349', '112350']],
  ['the app', [[111169, 111171], [111176, 111182], '111212', '112353']],
  ['test numbers', ['111188', '112305', '112310', '113302']],
  ['bulk and features that are off', ['112302', '112303', '112312']],
  ['an SMS without a template, or its recipient', ['112300', '112301', '112304']],
  ['the recipient of a template', ['112306', '112316', '112317', '112319']],
  ['the template and its variables', [[112307, 112309], '112311', '112313', '112315', '112318', '112323']],
  ['a channel that is busy', [[160001, 160010]]],
  ['a channel that cannot accept it', ['160012', '160014']],
  ['content, signature and length of the SMS', ['160011', [160018, 160020]]],
  ['the format or the count of the numbers', ['160013', '160017']],
  ['the body of the request', ['160030', '160031']],
  ['the template', ['160032', '160036', '160043', '160057']],
  ['the content of the SMS', ['160033', '160035', '160037', '160046', '160049', '160052', '160069']],
  ['the number', ['160034', '160042', '160044', '160045', '160048', '160051', '160068', [160072, 160074]]],
  ['the request id', ['160055']],
  ['numbers abroad', [[160058, 160062], '160070']],
  ['extension code, schedule and hours', [[160065, 160067], '160071']],
  ['the balance or the settings of a channel', ['161002', '161005', '161006', '161007']],
  ['a channel that could not be connected to', ['161020']],
  ['authentication at the newer gateway', [[161100, 161108]]],
];

const REJECTED_UNTIL_MIDNIGHT: Codes = ['112314', '160021', '160022', '160039', '160040', '160041'];
const REJECTED_FOR_A_MINUTE: Codes = ['160015', '160016', '160038', '160056'];

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
      each(codes).map((code) => [code, { ...outcome, reason: `status ${code} 短信` } as SmsOutcome]),
    );
  }

  it.each(REJECTED)('about %s means that the SMS is rejected', async (_what, codes) => {
    expect(await sendAll(codes)).toEqual(all(codes, { kind: 'rejected', retryAfterSeconds: 10 }));
  });

  it('about a daily limit means a retry after midnight in China', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
    const codes = REJECTED_UNTIL_MIDNIGHT;
    expect(await sendAll(codes)).toEqual(
      all(codes, { kind: 'rejected', retryAfterSeconds: SECONDS_UNTIL_MIDNIGHT }),
    );
  });

  it('about a short interval between SMS means a retry after a minute', async () => {
    const codes = REJECTED_FOR_A_MINUTE;
    expect(await sendAll(codes)).toEqual(all(codes, { kind: 'rejected', retryAfterSeconds: 60 }));
  });

  it('about a failure of the platform or of a carrier means an unknown outcome', async () => {
    expect(await sendAll(UNCERTAIN)).toEqual(all(UNCERTAIN, { kind: 'unknown' }));
  });

  it('about a duplicate request means an unknown outcome', async () => {
    expect(await send(rejection('160054'))).toEqual({ kind: 'unknown', reason: 'status 160054 短信' });
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
    const known = [
      ...REJECTED.flatMap(([, codes]) => codes),
      ...REJECTED_UNTIL_MIDNIGHT,
      ...REJECTED_FOR_A_MINUTE,
    ];
    const rejected: string[] = [];
    for (let number = 0; number < 1_000_000; number += 1) {
      const code = String(number).padStart(6, '0');
      if (rejectionRetrySeconds(code, NOW_MS) !== undefined) rejected.push(code);
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
