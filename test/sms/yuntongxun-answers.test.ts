// Responses of the Yuntongxun gateway in every format, and the reason that the log shows.

import { describe, expect, it } from '@jest/globals';
import {
  type Answer,
  acceptedBody,
  json,
  MESSAGE_ID,
  rejection,
  TestGateway,
} from '../support/test-gateway.ts';
import { MESSAGE, withAnsweredSender } from './yuntongxun-fixture.ts';

describe('a response of the gateway', () => {
  const send = withAnsweredSender();

  const accepted = acceptedBody();
  const acceptedOutcome = { kind: 'accepted', messageId: MESSAGE_ID };
  const withoutStatusCode = (status: number) => ({
    kind: 'unknown',
    reason: `HTTP ${status} without a status code`,
    unreachable: true,
  });

  it.each([200, 201, 400, 401, 404, 500, 502, 503])('is read from its body with HTTP %d', async (status) => {
    expect(await send((response) => json(response, status, accepted))).toEqual(acceptedOutcome);
    expect(await send(rejection('160042', status))).toMatchObject({
      kind: 'rejected',
      retryAfterSeconds: 10,
    });
    expect(await send(rejection('160050', status))).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ['with the key TemplateSMS', { statusCode: '000000', TemplateSMS: accepted.templateSMS }],
    ['without the time', { statusCode: '000000', templateSMS: { smsMessageSid: MESSAGE_ID } }],
    ['with its keys in another order', { templateSMS: accepted.templateSMS, statusCode: '000000' }],
    ['with unknown keys', { ...accepted, statusMsg: '成功', cost: 0.05, channel: null }],
  ])('accepts the SMS %s', async (_how, body) => {
    expect(await send((response) => json(response, 200, body))).toEqual(acceptedOutcome);
  });

  it.each([
    ['without a content type', undefined],
    ['as plain text', 'text/plain'],
    ['as HTML', 'text/html;charset=gbk'],
  ])('accepts the SMS %s', async (_how, type) => {
    const outcome = await send((response) => {
      response.writeHead(200, type ? { 'content-type': type } : {}).end(JSON.stringify(accepted));
    });
    expect(outcome).toEqual(acceptedOutcome);
  });

  it('accepts the SMS in chunks, without a length, and as the last response of a connection', async () => {
    const text = JSON.stringify(accepted);
    const inChunks: Answer = (response) => {
      response.writeHead(200);
      for (const character of text) response.write(character);
      response.end();
    };
    const asLast: Answer = (response) => {
      response.writeHead(200, { connection: 'close' }).end(text);
    };
    expect(await send(inChunks)).toEqual(acceptedOutcome);
    expect(await send(asLast)).toEqual(acceptedOutcome);
  });

  it('has the same outcome without a status message', async () => {
    expect(await send((response) => json(response, 200, { statusCode: '160042' }))).toEqual({
      kind: 'rejected',
      cause: 'recipient',
      reason: '160042',
      retryAfterSeconds: 10,
    });
    expect(await send((response) => json(response, 200, { statusCode: '160050', statusMsg: null }))).toEqual({
      kind: 'unknown',
      reason: '160050',
    });
  });

  it.each([
    ['no id', { statusCode: '000000' }],
    ['an empty id', { statusCode: '000000', templateSMS: { smsMessageSid: '' } }],
    ['an id that is a number', { statusCode: '000000', templateSMS: { smsMessageSid: 42 } }],
    ['no message', { statusCode: '000000', templateSMS: null }],
    ['a list', { statusCode: '000000', templateSMS: [{ smsMessageSid: MESSAGE_ID }] }],
  ])('means an unknown outcome if it accepts the SMS with %s', async (_what, body) => {
    expect(await send((response) => json(response, 200, body))).toEqual({
      kind: 'unknown',
      reason: 'accepted without a message id',
    });
  });

  it.each([
    ['the code', `id-${MESSAGE.code}-1`, 'id-…-1'],
    ['the mobile', `${MESSAGE.mobile}/1`, '+86…/1'],
    ['a very long text', 'x'.repeat(1000), 'x'.repeat(64)],
  ])('accepts the SMS with an id for the log if the id has %s', async (_what, id, messageId) => {
    const outcome = await send((response) => json(response, 200, acceptedBody(id)));
    expect(outcome).toEqual({ kind: 'accepted', messageId });
  });

  it.each([
    ['nothing', ''],
    ['a space', ' '],
    ['null', 'null'],
    ['a number', '0'],
    ['a string', '"000000"'],
    ['a list', '[{"statusCode":"000000"}]'],
    ['no status code', '{"status":"000000"}'],
    ['a status code that is a number', '{"statusCode":0}'],
    ['a status code that is null', '{"statusCode":null}'],
    ['a status code in another spelling', '{"statuscode":"000000"}'],
    ['incomplete JSON', '{"statusCode":"000000","templateSMS":{"smsMess'],
    ['single quotes', "{'statusCode':'000000'}"],
    ['XML', '<?xml version="1.0"?><Response><statusCode>000000</statusCode></Response>'],
    ['HTML', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
    ['binary data', '\u0000\u0001\u0002'],
    ['a deep nesting', '['.repeat(20_000)],
  ])('means an unknown outcome with %s as its body', async (_what, body) => {
    for (const status of [200, 502]) {
      const outcome = await send((response) => response.writeHead(status).end(body));
      expect(outcome).toEqual(withoutStatusCode(status));
    }
  });

  it.each([204, 304])('means an unknown outcome with HTTP %d, which has no body', async (status) => {
    const outcome = await send((response) => response.writeHead(status).end());
    expect(outcome).toEqual(withoutStatusCode(status));
  });

  it.each([301, 302, 307, 308])('does not redirect the request with HTTP %d', async (status) => {
    const target = new TestGateway();
    const location = await target.start();
    const outcome = await send((response) => response.writeHead(status, { location }).end());
    expect(outcome).toEqual(withoutStatusCode(status));
    expect(target.requests).toHaveLength(0);
    await target.stop();
  });

  describe('the reason of an outcome', () => {
    const reasonOf = async (statusCode: string, statusMsg: string): Promise<string> => {
      const outcome = await send((response) => json(response, 200, { statusCode, statusMsg }));
      if (outcome.kind === 'accepted') throw new Error('the SMS was accepted');
      return outcome.reason;
    };

    it('has the status message as it is, if that contains neither a mobile nor a code', async () => {
      expect(await reasonOf('160040', '验证码超出同模板同号码天发送上限')).toBe(
        '160040 验证码超出同模板同号码天发送上限',
      );
    });

    it.each([
      ['the mobile', '号码13800138000有误', '13800138000'],
      ['the mobile with 86', '号码8613800138000有误', '13800138000'],
      ['the code', '验证码007042重复', '007042'],
      ['the content of the SMS', '您的验证码是007042，请于5分钟内正确输入', '007042'],
    ])('does not contain %s', async (_what, words, secret) => {
      expect(await reasonOf('160042', words)).not.toContain(secret);
      expect(await reasonOf('160050', words)).not.toContain(secret);
    });

    it('contains neither a mobile nor a code from an invalid status code', async () => {
      expect(await reasonOf('13800138000', '')).not.toContain('13800138000');
      expect(await reasonOf('code 007042', '')).not.toContain('007042');
    });

    it('is truncated', async () => {
      expect((await reasonOf('160050', '短信'.repeat(5000))).length).toBeLessThan(250);
      expect((await reasonOf('1'.repeat(5000), '')).length).toBeLessThan(250);
    });
  });
});
