// The delivery reports of Yuntongxun: JSON, XML, and what is neither.

import { describe, expect, it } from '@jest/globals';
import { parseFlatXml } from '../../src/sms/providers/yuntongxun/flat-xml.ts';
import { yuntongxunReports } from '../../src/sms/providers/yuntongxun/yuntongxun-reports.ts';

const { read, acknowledge, pathSecret } = yuntongxunReports('the-secret');
const request = (body: string) => ({ headers: {}, body, receivedAtMs: 0 });
const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f01';

const FIELDS = {
  action: 'SMSArrived',
  smsType: '1',
  apiVersion: '2013-12-26',
  content: '3f2c9d0a5b7e4c1d8e6f00112233aabb',
  fromNum: '13800000000',
  dateSent: '20260302003001',
  deliverCode: 'DELIVRD',
  recvTime: '20260302003006',
  status: '0',
  reqId: ATTEMPT_ID,
};

const json = (fields: object = {}) => JSON.stringify({ Request: { ...FIELDS, ...fields } });
const xml = (fields: object = {}) =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Request>${Object.entries({
    ...FIELDS,
    ...fields,
  })
    .map(([name, value]) => `\n  <${name}>${value}</${name}>`)
    .join('')}\n</Request>\n`;

const DELIVERED = {
  status: 'delivered',
  attemptId: ATTEMPT_ID,
  messageId: FIELDS.content,
  mobile: '13800000000',
  code: 'DELIVRD',
  deliveredAtMs: Date.parse('2026-03-01T16:30:06Z'),
};

describe.each([
  ['JSON', json],
  ['XML', xml],
])('a report as %s', (_form, write) => {
  it('about a delivered SMS has the ids, the mobile and the time in China', () => {
    expect(read(request(write()))).toEqual([DELIVERED]);
  });

  it.each([
    ['UNDELIV', 'recipient_unreachable'],
    ['MBBLACK', 'recipient_blocked'],
    ['MK:0012', 'unspecified'],
    ['constructor', 'unspecified'],
  ])('about an SMS that was not delivered has the code %s and the cause %s', (deliverCode, cause) => {
    expect(read(request(write({ status: '1', deliverCode })))).toEqual([
      expect.objectContaining({ status: 'undelivered', code: deliverCode, cause }),
    ]);
  });

  it('may lack our id, and then names the SMS by the id of the platform', () => {
    expect(read(request(write({ reqId: '' })))).toEqual([{ ...DELIVERED, attemptId: undefined }]);
  });

  it('about an SMS that a person sent is none', () => {
    expect(read(request(write({ smsType: '0', content: 'TD' })))).toEqual([]);
  });

  it.each([
    ['another action', { action: 'CallEstablish' }],
    ['another kind', { smsType: '2' }],
    ['no status', { status: '' }],
    ['no id', { content: '', reqId: '' }],
    ['an id with other characters', { content: 'a b', reqId: '../../x' }],
  ])('is rejected with %s', (_what, fields) => {
    expect(read(request(write(fields)))).toBeUndefined();
  });

  it('keeps a code out of the log that contains other characters', () => {
    expect(read(request(write({ status: '1', deliverCode: '验证码 13800000000' })))).toEqual([
      expect.objectContaining({ code: 'of another form' }),
    ]);
  });
});

describe('the reader of reports', () => {
  it('has its secret in the path', () => expect(pathSecret).toBe('the-secret'));

  it('acknowledges in the form of the report', () => {
    expect(acknowledge(request(json()))).toMatchObject({ body: '{"statuscode":"000000"}' });
    expect(acknowledge(request(xml())).body).toContain('<statuscode>000000</statuscode>');
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"Request":[]}',
    '<',
    '<Request/>',
    '<html><body>502</body></html>',
    'ok',
  ])('rejects the body %j', (body) => expect(read(request(body))).toBeUndefined());
});

describe('parseFlatXml', () => {
  it('reads the texts of elements, with entities and white space around them', () => {
    const document = '<a>\n <b> 1 &lt; 2 &#65;&#x42; </b><b>3</b><c/><d></d></a>';
    expect(parseFlatXml(document)).toEqual({ b: ['1 < 2 AB', '3'], c: [''], d: [''] });
  });

  it.each([
    ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['entities that expand', '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity that is not predefined', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>1 & 2</a>'],
    ['a character that does not exist', '<a>&#1114112;</a>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a comment', '<a><!-- x --></a>'],
    ['attributes', '<a b="c">d</a>'],
    ['mixed content', '<a>text<b>1</b></a>'],
    ['a tag that is not closed', '<a><b>1</b>'],
    ['tags in the wrong order', '<a><b>1</a></b>'],
    ['a second document', '<a>1</a><a>2</a>'],
    ['half a document', '<a><b>1</b'],
    ['too many levels', `${'<a>'.repeat(9)}1${'</a>'.repeat(9)}`],
    ['too many characters', `<a>${'1'.repeat(70_000)}</a>`],
  ])('rejects %s', (_what, document) => expect(parseFlatXml(document)).toBeUndefined());

  it('takes a time that grows with the length only', () => {
    const startedMs = performance.now();
    for (const part of ['<', '<a', '&#1', '<a>', ' ', '<?xml '])
      parseFlatXml(part.repeat(60_000 / part.length));
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('does not confuse the name of an element with a property of objects', () => {
    expect(parseFlatXml('<a><constructor>1</constructor></a>')).toEqual({ constructor: ['1'] });
  });
});
