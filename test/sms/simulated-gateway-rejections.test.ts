// The simulated gateway rejects what the real one rejects, with the same status codes.

import { describe, expect, it } from '@jest/globals';
import { chinaTimestamp, sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import { ACCOUNT } from '../support/test-settings.ts';
import {
  BODY,
  HOUR_MS,
  OTHER_SID,
  type RawRequest,
  validRequest,
  withAuthorization,
  withBody,
  withHeaders,
  withPath,
  withSimulatedGateway,
} from './simulated-gateway-requests.ts';

describe('the simulated gateway', () => {
  const { messages, responseTo } = withSimulatedGateway();

  const rejection = (statusCode: string) => ({ statusCode, statusMsg: expect.stringMatching(/./) });

  describe.each<[what: string, statusCode: string, requests: [which: string, request: () => RawRequest][]]>([
    [
      'path',
      '111100',
      [
        ['root', () => validRequest({ path: '/' })],
        ['another version', () => withPath((path) => path.replace('2013-12-26', '2013-03-22'))],
        ['another account', () => withPath((path) => path.replace(ACCOUNT.accountSid, OTHER_SID))],
        ['no account', () => withPath((path) => path.replace(`/${ACCOUNT.accountSid}`, ''))],
        ['another call', () => withPath((path) => path.replace('TemplateSMS', 'GetArrived'))],
        ['another case', () => withPath((path) => path.replace('TemplateSMS', 'templatesms'))],
        ['a trailing slash', () => withPath((path) => path.replace('TemplateSMS', 'TemplateSMS/'))],
      ],
    ],
    [
      'method',
      '111100',
      [
        ['GET', () => validRequest({ method: 'GET', body: '' })],
        ['PUT', () => validRequest({ method: 'PUT' })],
      ],
    ],
    [
      'length',
      '160030',
      [
        [
          'none, with chunked encoding',
          () => withHeaders({ 'content-length': '', 'transfer-encoding': 'chunked' }),
        ],
        ['zero', () => validRequest({ body: '' })],
      ],
    ],
    [
      'Accept or Content-Type header',
      '160031',
      [
        ['no Accept', () => withHeaders({ accept: '' })],
        ['XML accepted', () => withHeaders({ accept: 'application/xml' })],
        ['anything accepted', () => withHeaders({ accept: '*/*' })],
        ['no Content-Type', () => withHeaders({ 'content-type': '' })],
        ['XML sent', () => withHeaders({ 'content-type': 'application/xml;charset=utf-8' })],
        ['a form sent', () => withHeaders({ 'content-type': 'application/x-www-form-urlencoded' })],
        ['a media type that starts like JSON', () => withHeaders({ 'content-type': 'application/jsonp' })],
      ],
    ],
    ['missing Authorization header', '111101', [['no header', () => withHeaders({ authorization: '' })]]],
    [
      'Authorization format',
      '111103',
      [
        ['no colon', () => withAuthorization(ACCOUNT.accountSid)],
        ['two colons', () => withAuthorization(`${ACCOUNT.accountSid}:20260101120000:more`)],
        [
          'a leading scheme',
          () => withHeaders({ authorization: `Basic ${validRequest().headers.authorization}` }),
        ],
        ['invalid Base64', () => withHeaders({ authorization: '****' })],
      ],
    ],
    [
      'timestamp format',
      '111113',
      [
        ['none', () => withAuthorization(`${ACCOUNT.accountSid}:`)],
        ['milliseconds', () => withAuthorization(`${ACCOUNT.accountSid}:${Date.now()}`)],
        ['with dashes', () => withAuthorization(`${ACCOUNT.accountSid}:2026-01-01 120000`)],
        ['too long', () => withAuthorization(`${ACCOUNT.accountSid}:${chinaTimestamp(Date.now())}000`)],
        ['month 13', () => withAuthorization(`${ACCOUNT.accountSid}:20261301120000`)],
        ['only nines', () => withAuthorization(`${ACCOUNT.accountSid}:99999999999999`)],
      ],
    ],
    [
      'timestamp age',
      '111106',
      [
        ['25 hours ago', () => validRequest({}, Date.now() - 25 * HOUR_MS)],
        ['in 25 hours', () => validRequest({}, Date.now() + 25 * HOUR_MS)],
        ['2014', () => validRequest({}, Date.parse('2014-04-16T14:20:30+08:00'))],
      ],
    ],
    [
      'account id in Authorization',
      '111107',
      [
        ['another one', () => withAuthorization(`${OTHER_SID}:${chinaTimestamp(Date.now())}`)],
        ['none', () => withAuthorization(`:${chinaTimestamp(Date.now())}`)],
        [
          'another case',
          () => withAuthorization(`${ACCOUNT.accountSid.toUpperCase()}:${chinaTimestamp(Date.now())}`),
        ],
      ],
    ],
    [
      'missing signature',
      '111108',
      [
        ['no query', () => withPath((path) => path.replace(/\?.*/, ''))],
        ['an empty one', () => withPath((path) => path.replace(/=.*/, '='))],
        ['under another parameter', () => withPath((path) => path.replace('?sig=', '?signature='))],
      ],
    ],
    [
      'signature',
      '111109',
      [
        ['all zeros', () => withPath((path) => path.replace(/=.*/, `=${'0'.repeat(32)}`))],
        ['truncated', () => withPath((path) => path.slice(0, -1))],
        ['with a trailing character', () => withPath((path) => `${path}0`)],
        [
          'made with another token',
          () => {
            const { sig } = sign(ACCOUNT.accountSid, OTHER_SID, chinaTimestamp(Date.now()));
            return withPath((path) => path.replace(/=.*/, `=${sig}`));
          },
        ],
        [
          'made for another second than that in Authorization',
          () => {
            const { sig } = sign(ACCOUNT.accountSid, ACCOUNT.authToken, chinaTimestamp(Date.now() - 1000));
            return { ...withPath((path) => path.replace(/=.*/, `=${sig}`)) };
          },
        ],
      ],
    ],
    [
      'JSON',
      '160031',
      [
        ['incomplete', () => validRequest({ body: JSON.stringify(BODY).slice(0, -5) })],
        ['XML', () => validRequest({ body: '<TemplateSMS><to>13800138000</to></TemplateSMS>' })],
        ['a form', () => validRequest({ body: 'to=13800138000' })],
        ['null', () => validRequest({ body: 'null' })],
      ],
    ],
    [
      'app id',
      '111181',
      [
        ['another one', () => withBody({ appId: OTHER_SID })],
        ['none', () => withBody({ appId: undefined })],
        ['empty', () => withBody({ appId: '' })],
      ],
    ],
    [
      'phone number',
      '160042',
      [
        ['none', () => withBody({ to: undefined })],
        ['empty', () => withBody({ to: '' })],
        ['with +86', () => withBody({ to: '+8613800138000' })],
        ['with 86', () => withBody({ to: '8613800138000' })],
        ['too short', () => withBody({ to: '1380013800' })],
        ['two', () => withBody({ to: '13800138000,13900139000' })],
        ['a JSON number', () => withBody({ to: 13_800_138_000 })],
        ['with a newline', () => withBody({ to: '13800138000\n' })],
        ['a list', () => withBody({ to: ['13800138000'] })],
      ],
    ],
    [
      'template id',
      '160057',
      [
        ['none', () => withBody({ templateId: undefined })],
        ['empty', () => withBody({ templateId: '' })],
        ['a word', () => withBody({ templateId: 'one' })],
      ],
    ],
    [
      'variables',
      '160069',
      [
        ['none', () => withBody({ datas: undefined })],
        ['empty', () => withBody({ datas: [] })],
        ['one too few', () => withBody({ datas: ['007042'] })],
        ['words', () => withBody({ datas: ['007042', 'five'] })],
        ['a unit in them', () => withBody({ datas: ['007042', '5分钟'] })],
        ['a line break in them', () => withBody({ datas: ['007042\nSMS to 139****9000: 1', '5'] })],
        ['an empty one', () => withBody({ datas: ['', '5'] })],
        ['a string', () => withBody({ datas: '007042,5' })],
      ],
    ],
    [
      'request id',
      '160055',
      [
        ['too long', () => withBody({ reqId: 'a'.repeat(33) })],
        ['empty', () => withBody({ reqId: '' })],
        ['with dashes', () => withBody({ reqId: '017f22e2-79b0-7cc3-98c4-dc0c0c0739' })],
        ['an object', () => withBody({ reqId: { not: 'text' } })],
      ],
    ],
  ])('rejects an invalid %s with %s, and delivers nothing:', (_what, statusCode, requests) => {
    it.each(requests)('%s', async (_which, request) => {
      expect(await responseTo(request())).toEqual(rejection(statusCode));
      expect(messages).toEqual([]);
    });
  });

  it('checks the signature before the body', async () => {
    const invalid = validRequest({ body: '{}' });
    expect(await responseTo({ ...invalid, path: invalid.path.replace(/=.*/, '=0') })).toEqual(
      rejection('111109'),
    );
  });
});
