// The simulated gateway: the requests that it accepts, and what it delivers.

import { describe, expect, it } from '@jest/globals';
import { SimulatedGateway } from '../../src/sms/providers/yuntongxun/simulator/simulated-gateway.ts';
import { ACCOUNT } from '../support/test-settings.ts';
import {
  HOUR_MS,
  validRequest,
  withBody,
  withHeaders,
  withPath,
  withSimulatedGateway,
} from './simulated-gateway-requests.ts';

describe('the simulated gateway', () => {
  const { messages, responseTo } = withSimulatedGateway();

  it('accepts a valid request, returns a message id, and delivers what the phone shows', async () => {
    expect(await responseTo(validRequest())).toEqual({
      statusCode: '000000',
      templateSMS: {
        smsMessageSid: expect.stringMatching(/^[0-9a-f]{32}$/),
        dateCreated: expect.stringMatching(/^20\d{12}$/),
      },
    });
    expect(messages).toEqual([
      {
        provider: 'yuntongxun',
        mobile: '13800138000',
        furtherMobiles: [],
        code: '007042',
        attemptId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
        messageId: expect.stringMatching(/^[0-9a-f]{32}$/),
        acceptedAtMs: expect.any(Number),
        state: 'waiting',
        text: '【云通讯】您使用的是云通讯短信模板，您的验证码是007042，请于5分钟内正确输入',
      },
    ]);
  });

  it('returns a new id for each message', async () => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => responseTo(withBody({ reqId: undefined }))),
    );
    const ids = responses.map(({ templateSMS }) => (templateSMS as { smsMessageSid: string }).smsMessageSid);
    expect(new Set(ids).size).toBe(20);
    expect(messages).toHaveLength(20);
  });

  it('delivers to each of up to 200 numbers of a request', async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => String(13_800_138_000 + index));
    expect(await responseTo(withBody({ to: numbers.join(',') }))).toMatchObject({ statusCode: '000000' });
    expect(messages.map(({ mobile }) => mobile)).toEqual(numbers);
  });

  it.each([
    ['a number that is a JSON number', () => withBody({ to: 13_800_138_000, reqId: undefined })],
    [
      'a signature in lower case, as some SDKs send it',
      () => withPath((path) => path.replace(/=.*/, (sig) => sig.toLowerCase())),
    ],
    ['a content type without a charset', () => withHeaders({ 'content-type': 'application/json' })],
    ['a timestamp 23 hours ago', () => validRequest({}, Date.now() - 23 * HOUR_MS)],
    ['a timestamp in 23 hours', () => validRequest({}, Date.now() + 23 * HOUR_MS)],
    ['a template id that is a number', () => withBody({ templateId: 1 })],
    ['variables that are numbers', () => withBody({ datas: [123_456, 5] })],
    ['more variables than the template has', () => withBody({ datas: ['007042', '5', '9'] })],
    ['no request id', () => withBody({ reqId: undefined })],
  ])('accepts %s', async (_what, request) => {
    expect(await responseTo(request())).toMatchObject({ statusCode: '000000' });
    expect(messages).toHaveLength(1);
  });
});

describe('stopping the simulated gateway', () => {
  it('closes open connections and refuses new ones', async () => {
    const gateway = new SimulatedGateway({
      account: { ...ACCOUNT, templateId: '1' },
      onAccepted: () => {},
      hasMagicNumbers: false,
    });
    const url = await gateway.start();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    await fetch(url).then((response) => response.text());
    await gateway.stop();
    await expect(fetch(url)).rejects.toThrow();
  });
});
