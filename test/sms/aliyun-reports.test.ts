// Delivery reports of Aliyun: JSON arrays with an element for each SMS.

import { describe, expect, it } from '@jest/globals';
import { aliyunReports } from '../../src/sms/providers/aliyun/aliyun-reports.ts';
import { BIZ_ID } from './aliyun-fixture.ts';

const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

const DELIVERED = {
  phone_number: '13800138000',
  send_time: '2026-03-02 00:30:00',
  report_time: '2026-03-02 00:30:01',
  success: true,
  err_code: 'DELIVERED',
  err_msg: '用户接收成功',
  sms_size: '1',
  biz_id: BIZ_ID,
  out_id: ATTEMPT_ID,
};
const UNDELIVERED = { ...DELIVERED, success: false, err_code: 'MOBILE_NOT_ON_SERVICE', err_msg: '停机' };

const reader = aliyunReports('a-secret-of-the-path');

function read(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return reader.read({ headers: {}, body: text, receivedAtMs: 0 });
}

const facts = { attemptId: ATTEMPT_ID, messageId: BIZ_ID, mobile: '13800138000' };
const delivered = {
  ...facts,
  code: 'DELIVERED',
  status: 'delivered',
  deliveredAtMs: Date.parse('2026-03-01T16:30:01Z'),
};

describe('a report of Aliyun', () => {
  it('of success means that the SMS is delivered, at a time in China', () => {
    expect(read([DELIVERED])).toEqual([delivered]);
  });

  it('names the SMS by its attempt, its message id or both', () => {
    for (const out_id of ['', 'another', `${ATTEMPT_ID}0`, 42, null, undefined])
      expect(read([{ ...DELIVERED, out_id }])).toEqual([{ ...delivered, attemptId: undefined }]);
    expect(read([{ ...DELIVERED, biz_id: undefined }])).toEqual([{ ...delivered, messageId: undefined }]);
  });

  it.each([
    ['CONTENT_ERROR', 'content'],
    ['CONTENT_KEYWORD', 'content'],
    ['INVALID_NUMBER', 'recipient_invalid'],
    ['IS_CLOSE', 'carrier'],
    ['MOBILE_ACCOUNT_ABNORMAL', 'recipient_unreachable'],
    ['MOBILE_IN_BLACK', 'recipient_blocked'],
    ['MOBILE_NOT_ON_SERVICE', 'recipient_unreachable'],
    ['MOBILE_SEND_LIMIT', 'limit'],
    ['MOBILE_TERMINAL_ERROR', 'recipient_unreachable'],
    ['MOBLLE_TERMINAL_ERROR', 'recipient_unreachable'],
    ['NO_ROUTE', 'carrier'],
    ['PARAMS_ILLEGAL', 'content'],
    ['REQUEST_SUCCESS', 'recipient_unreachable'],
    ['SIGNATURE_BLACKLIST', 'content'],
    ['SP_NOT_BY_INTER_SMS', 'recipient_unreachable'],
    ['SP_UNKNOWN_ERROR', 'carrier'],
    ['USER_REJECT', 'recipient_blocked'],
    ['isv.CUSTOMER_REFUSED', 'recipient_blocked'],
    // Codes of the call itself, which come in a report after the answer was OK.
    ['isv.MOBILE_NUMBER_ILLEGAL', 'recipient_invalid'],
    ['isv.BUSINESS_LIMIT_CONTROL', 'limit'],
    ['isv.DAY_LIMIT_CONTROL', 'account'],
    ['isv.AMOUNT_NOT_ENOUGH', 'account'],
    ['isv.SMS_SIGNATURE_SCENE_ILLEGAL', 'content'],
    ['isp.SYSTEM_ERROR', 'unspecified'],
    ['MK:0001', 'unspecified'],
    ['toString', 'unspecified'],
  ])('of a failure with %s has the cause %s', (code, cause) => {
    expect(read([{ ...UNDELIVERED, err_code: code }])).toEqual([
      { ...facts, code, status: 'undelivered', cause },
    ]);
  });

  it('has no number in its code for the log', () => {
    for (const err_code of ['13800138000', 42, null, undefined])
      expect(read([{ ...UNDELIVERED, err_code }])).toMatchObject([
        { code: 'of another form', cause: 'unspecified' },
      ]);
  });

  it('has eleven digits as its number', () => {
    for (const phone_number of ['13800138000', '+8613800138000', '8613800138000', '008613800138000'])
      expect(read([{ ...DELIVERED, phone_number }])).toEqual([delivered]);
    for (const phone_number of ['138****8000', '+15005550006', '', 13_800_138_000, undefined])
      expect(read([{ ...DELIVERED, phone_number }])).toEqual([{ ...delivered, mobile: undefined }]);
  });

  it.each([undefined, null, '', '0000-00-00 00:00:00', 1_772_382_601])('leaves out the time %j', (time) => {
    expect(read([{ ...DELIVERED, report_time: time }])).toEqual([{ ...delivered, deliveredAtMs: undefined }]);
  });

  const malformed: readonly (readonly [what: string, element: unknown])[] = [
    ['null', null],
    ['a string', 'DELIVERED'],
    ['a list', [DELIVERED]],
    ['no id', { ...DELIVERED, biz_id: undefined, out_id: undefined }],
    ['empty ids', { ...DELIVERED, biz_id: '', out_id: '' }],
    ['an id that is no text', { ...DELIVERED, biz_id: 42, out_id: '' }],
    ['a very long id', { ...DELIVERED, biz_id: 'x'.repeat(129), out_id: '' }],
    ['no state', { ...DELIVERED, success: undefined }],
    ['a state that is no boolean', { ...DELIVERED, success: 'true' }],
  ];

  it.each(malformed)('is skipped if it is or has %s', (_what, element) => {
    expect(read([element, DELIVERED, element])).toEqual([delivered]);
    expect(read([element])).toBeUndefined();
  });

  it.each(['', 'null', '{}', '[]', '"OK"', '[{"biz_id":"1","succ', '<xml/>', JSON.stringify(DELIVERED)])(
    'is not in the body %j',
    (body) => {
      expect(read(body)).toBeUndefined();
    },
  );
});

describe('the reader of the reports of Aliyun', () => {
  it('has the secret of the path, since the reports are not signed', () => {
    expect(reader.pathSecret).toBe('a-secret-of-the-path');
    expect(reader.isAuthentic).toBeUndefined();
  });

  it('acknowledges a request as the platform expects it', () => {
    const { contentType, body } = reader.acknowledge({ headers: {}, body: '', receivedAtMs: 0 });
    expect(contentType).toBe('application/json');
    expect(JSON.parse(body)).toEqual({ code: 0, msg: 'accepted' });
  });
});
