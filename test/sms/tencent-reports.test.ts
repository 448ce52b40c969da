// Delivery reports of Tencent Cloud: JSON arrays with a row for each SMS.

import { describe, expect, it } from '@jest/globals';
import { tencentReports } from '../../src/sms/providers/tencent/tencent-reports.ts';
import { SERIAL_NO } from './tencent-fixture.ts';

const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

const DELIVERED = {
  user_receive_time: '2026-03-02 00:30:01',
  nationcode: '86',
  mobile: '13800138000',
  report_status: 'SUCCESS',
  errmsg: 'DELIVRD',
  description: '用户短信送达成功',
  sid: SERIAL_NO,
};
const UNDELIVERED = { ...DELIVERED, report_status: 'FAIL', errmsg: 'UNDELIV', description: '接收失败' };

const reader = tencentReports('a-secret-of-the-path');

function read(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return reader.read({ headers: {}, body: text, receivedAtMs: 0 });
}

const delivered = {
  attemptId: undefined,
  messageId: SERIAL_NO,
  mobile: '13800138000',
  code: 'DELIVRD',
  status: 'delivered',
  deliveredAtMs: Date.parse('2026-03-01T16:30:01Z'),
};

describe('a report of Tencent Cloud', () => {
  it('of success means that the SMS is delivered, at a time in China', () => {
    expect(read([DELIVERED])).toEqual([delivered]);
  });

  it('names the attempt if the platform sends it', () => {
    expect(read([{ ...DELIVERED, ext: ATTEMPT_ID }])).toEqual([{ ...delivered, attemptId: ATTEMPT_ID }]);
    for (const ext of ['', 'another', `${ATTEMPT_ID}0`, 42, null])
      expect(read([{ ...DELIVERED, ext }])).toEqual([delivered]);
    expect(read([{ ...DELIVERED, sid: undefined, ext: ATTEMPT_ID }])).toEqual([
      { ...delivered, attemptId: ATTEMPT_ID, messageId: undefined },
    ]);
  });

  it.each([
    ['UNDELIV', 'recipient_unreachable'],
    ['EXPIRED', 'recipient_unreachable'],
    ['DELETED', 'recipient_unreachable'],
    ['SUBFAIL', 'recipient_invalid'],
    ['REJECTD', 'content'],
    ['COMFAIL', 'carrier'],
    ['WTNFAIL', 'carrier'],
    ['UNKNOWN', 'unspecified'],
    ['MK:0001', 'unspecified'],
    ['toString', 'unspecified'],
  ])('of a failure with %s has the cause %s', (errmsg, cause) => {
    const { deliveredAtMs: _, ...facts } = delivered;
    expect(read([{ ...UNDELIVERED, errmsg }])).toEqual([
      { ...facts, code: errmsg, status: 'undelivered', cause },
    ]);
  });

  it('has no number in its code for the log', () => {
    expect(read([{ ...UNDELIVERED, errmsg: '13800138000' }])).toMatchObject([
      { code: 'of another form', cause: 'unspecified' },
    ]);
  });

  it.each([
    ['of another country', { nationcode: '1' }],
    ['without a country', { nationcode: undefined }],
    ['of another form', { mobile: '+8613800138000' }],
    ['that is masked', { mobile: '13xxxxxxxxx' }],
    ['that is no text', { mobile: 13_800_138_000 }],
  ])('leaves out a number %s', (_what, changes) => {
    expect(read([{ ...DELIVERED, ...changes }])).toEqual([{ ...delivered, mobile: undefined }]);
  });

  it.each([undefined, null, '', '0000-00-00 00:00:00', 1_772_382_601])('leaves out the time %j', (time) => {
    expect(read([{ ...DELIVERED, user_receive_time: time }])).toEqual([
      { ...delivered, deliveredAtMs: undefined },
    ]);
  });

  it('may be one of 100 in a request', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      ...(index % 2 === 0 ? DELIVERED : UNDELIVERED),
      sid: String(index),
    }));
    const reports = read(rows) ?? [];
    expect(reports.map(({ messageId }) => messageId)).toEqual(rows.map(({ sid }) => sid));
    expect(reports.filter(({ status }) => status === 'delivered')).toHaveLength(50);
  });

  const malformed: readonly (readonly [what: string, row: unknown])[] = [
    ['null', null],
    ['a string', 'SUCCESS'],
    ['a list', [DELIVERED]],
    ['no id', { ...DELIVERED, sid: undefined }],
    ['an empty id', { ...DELIVERED, sid: '' }],
    ['an id that is no text', { ...DELIVERED, sid: 42 }],
    ['a very long id', { ...DELIVERED, sid: 'x'.repeat(129) }],
    ['no status', { ...DELIVERED, report_status: undefined }],
    ['another status', { ...DELIVERED, report_status: 'success' }],
  ];

  it.each(malformed)('is skipped if it is or has %s', (_what, row) => {
    expect(read([row, DELIVERED, row])).toEqual([delivered]);
    expect(read([row])).toBeUndefined();
  });

  it.each([
    '',
    'null',
    '{}',
    '[]',
    '"SUCCESS"',
    '[{"sid":"1","report_status":"SUC',
    '<xml/>',
    JSON.stringify(DELIVERED),
  ])('is not in the body %j', (body) => {
    expect(read(body)).toBeUndefined();
  });
});

describe('the reader of the reports', () => {
  it('has the secret of the path, since the reports are not signed', () => {
    expect(reader.pathSecret).toBe('a-secret-of-the-path');
    expect(reader.isAuthentic).toBeUndefined();
  });

  it('acknowledges a request as the platform expects it', () => {
    expect(reader.acknowledge({ headers: {}, body: '', receivedAtMs: 0 })).toEqual({
      contentType: 'application/json',
      body: '{"result":0,"errmsg":"OK"}',
    });
  });
});
