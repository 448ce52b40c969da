// The simulated gateway checks path, headers and signature like the real one, with the same status codes.

import { describe } from '@jest/globals';
import { chinaTimestamp } from '../../src/common/china-time.ts';
import { sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import { ACCOUNT } from '../support/test-settings.ts';
import {
  HOUR_MS,
  itRejects,
  OTHER_SID,
  validRequest,
  withAuthorization,
  withHeaders,
  withPath,
  withSimulatedGateway,
} from './simulated-gateway-requests.ts';

describe('the simulated gateway', () => {
  itRejects(withSimulatedGateway(), [
    [
      'path',
      '111100',
      [
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
  ]);
});
