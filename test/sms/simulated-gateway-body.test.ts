// The simulated gateway checks the body like the real one, with the same status codes.

import { describe, expect, it } from '@jest/globals';
import {
  BODY,
  itRejects,
  OTHER_SID,
  rejected,
  validRequest,
  withBody,
  withSimulatedGateway,
} from './simulated-gateway-requests.ts';

describe('the simulated gateway', () => {
  const gateway = withSimulatedGateway();

  itRejects(gateway, [
    [
      'JSON',
      '160031',
      [
        ['incomplete', () => validRequest({ body: JSON.stringify(BODY).slice(0, -5) })],
        ['XML that does not close', () => validRequest({ body: '<TemplateSMS><to>13800138000</to>' })],
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
        ['two with a space', () => withBody({ to: '13800138000, 13900139000' })],
        ['a valid and an invalid one', () => withBody({ to: '13800138000,123' })],
        ['with a newline', () => withBody({ to: '13800138000\n' })],
        ['a list', () => withBody({ to: ['13800138000'] })],
      ],
    ],
    [
      'count of numbers',
      '160048',
      [['201', () => withBody({ to: Array(201).fill('13800138000').join(',') })]],
    ],
    ['template', '160032', [['another one', () => withBody({ templateId: '2' })]]],
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
  ]);

  it('checks the signature before the body', async () => {
    const invalid = validRequest({ body: '{}' });
    expect(await gateway.responseTo({ ...invalid, path: invalid.path.replace(/=.*/, '=0') })).toEqual(
      rejected('111109'),
    );
  });
});
