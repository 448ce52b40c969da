// The requests of the Yuntongxun sender: their exact content, and their connections.

import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chinaTimestamp } from '../../src/common/china-time.ts';
import type { Mobile } from '../../src/common/phone-number.ts';
import { sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import type {
  YuntongxunSender,
  YuntongxunSettings,
} from '../../src/sms/providers/yuntongxun/yuntongxun-sender.ts';
import { smsMessage } from '../support/sms-message.ts';
import { type GatewayRequest, success, type TestGateway } from '../support/test-gateway.ts';
import { ACCOUNT } from '../support/test-settings.ts';
import { withYuntongxun } from './yuntongxun-fixture.ts';

const { accountSid: SID, authToken: TOKEN, appId: APP_ID } = ACCOUNT;
const MESSAGE = smsMessage({ mobile: '+8613800000000' as Mobile, code: '006532' });

describe('a request to the gateway', () => {
  const yuntongxun = withYuntongxun();
  let gateway: TestGateway;
  let baseUrl: string;
  beforeEach(async () => {
    ({ gateway, baseUrl } = await yuntongxun.startGateway());
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function createSender(settings: Partial<YuntongxunSettings> = {}): YuntongxunSender {
    return yuntongxun.createSender({ baseUrl, timeoutMs: 5000, connections: 4, ...settings });
  }

  async function requestOf(
    settings: Partial<YuntongxunSettings> = {},
    message = MESSAGE,
  ): Promise<GatewayRequest> {
    expect(await createSender(settings).send(message)).toMatchObject({ kind: 'accepted' });
    return gateway.requests.at(-1) as GatewayRequest;
  }

  it('is a known one at a known time', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-03-01T16:30:00Z'));
    const { path, headers, body } = await requestOf();
    expect(path).toBe(`/2013-12-26/Accounts/${SID}/SMS/TemplateSMS?sig=6F27F993B6D4F9F5C91E01100AB91BF3`);
    expect(headers).toEqual({
      host: new URL(baseUrl).host,
      connection: 'keep-alive',
      accept: 'application/json',
      'content-type': 'application/json;charset=utf-8',
      authorization: 'OGEyMTZkYTg1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMDE6MjAyNjAzMDIwMDMwMDA=',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
    });
    expect(body).toEqual({
      to: '13800000000',
      appId: APP_ID,
      templateId: '1',
      datas: ['006532', '5'],
      reqId: MESSAGE.attemptId,
    });
  });

  it('has its length in bytes, and is not chunked', async () => {
    const { headers, body } = await requestOf({ appId: '应用'.repeat(16) });
    const json = JSON.stringify(body);
    expect(Buffer.byteLength(json)).toBeGreaterThan(json.length);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(json)));
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers.expect).toBeUndefined();
  });

  it.each(['000000', '000001', '012345', '999999'])(
    'contains the code %s with its leading zeros',
    async (code) => {
      const { body } = await requestOf({}, { ...MESSAGE, code });
      expect(body.datas).toEqual([code, '5']);
    },
  );

  it('contains template id and minutes as strings', async () => {
    const { body } = await requestOf({ templateId: '0123' }, { ...MESSAGE, validForMinutes: 10 });
    expect(body).toMatchObject({ templateId: '0123', datas: ['006532', '10'] });
  });

  it('keeps the path of the base URL, with or without a trailing slash', async () => {
    for (const prefix of ['/sms/v1', '/sms/v1/']) {
      const { path } = await requestOf({ baseUrl: `${baseUrl}${prefix}` });
      expect(path).toMatch(
        /^\/sms\/v1\/2013-12-26\/Accounts\/8a216da85f0{21}1\/SMS\/TemplateSMS\?sig=[0-9A-F]{32}$/,
      );
    }
  });

  it('has the id of the attempt as its request id', async () => {
    const message = smsMessage();
    expect((await requestOf({}, message)).body.reqId).toBe(message.attemptId);
  });

  it('has the same timestamp in signature and header, even if the clock advances in between', async () => {
    let nowMs = Date.parse('2026-03-01T15:59:59.999Z'); // a millisecond before midnight in China
    jest.spyOn(Date, 'now').mockImplementation(() => {
      nowMs += 1000;
      return nowMs;
    });
    const sender = createSender();
    for (let round = 0; round < 5; round += 1) {
      await sender.send(MESSAGE);
      const { path, headers } = gateway.requests.at(-1) as GatewayRequest;
      const [sid, timestamp = ''] = Buffer.from(String(headers.authorization), 'base64')
        .toString()
        .split(':');
      expect(sid).toBe(SID);
      expect(timestamp).toMatch(/^20260302\d{6}$/);
      expect(path.split('sig=')[1]).toBe(sign(SID, TOKEN, timestamp).sig);
    }
  });

  it('is signed with the time of the request in China', async () => {
    const sender = createSender();
    for (const instant of ['2026-03-01T16:30:00Z', '2026-03-03T00:00:00Z']) {
      jest.spyOn(Date, 'now').mockReturnValue(Date.parse(instant));
      await sender.send(MESSAGE);
      const authorization = Buffer.from(`${SID}:${chinaTimestamp(Date.parse(instant))}`).toString('base64');
      expect(gateway.requests.at(-1)?.headers.authorization).toBe(authorization);
    }
  });

  it('does not contain the auth token', async () => {
    expect(JSON.stringify(await requestOf())).not.toContain(TOKEN);
  });

  it.each([1, 4])('reuses one of %d connections', async (connections) => {
    const ports = new Set<number | undefined>();
    gateway.answer = (response, request) => {
      ports.add(response.socket?.remotePort);
      return success(response, request);
    };
    const sender = createSender({ connections });
    for (let round = 0; round < 40; round += 1) await sender.send(MESSAGE);
    expect(ports.size).toBeLessThanOrEqual(connections);
  });

  it('uses a new connection if the gateway has closed the old one', async () => {
    const ports: (number | undefined)[] = [];
    gateway.answer = (response, request) => {
      ports.push(response.socket?.remotePort);
      response.setHeader('connection', 'close');
      return success(response, request);
    };
    const sender = createSender();
    for (let round = 0; round < 5; round += 1) {
      expect(await sender.send(MESSAGE)).toMatchObject({ kind: 'accepted' });
    }
    expect(new Set(ports).size).toBe(5);
  });

  it('uses at most the configured connections, each for one request at a time', async () => {
    const inFlight = new Set<ServerResponse>();
    let most = 0;
    let shared = false;
    let allReceived = () => {};
    const untilAllReceived = new Promise<void>((resolve) => {
      allReceived = resolve;
    });
    gateway.answer = async (response, request) => {
      inFlight.add(response);
      most = Math.max(most, inFlight.size);
      shared ||= new Set([...inFlight].map(({ socket }) => socket)).size < inFlight.size;
      if (inFlight.size === 3) allReceived();
      await untilAllReceived;
      for (let turn = 0; turn < 5; turn += 1) await setImmediate(); // time for an excess request to arrive
      inFlight.delete(response);
      success(response, request);
    };
    const sender = createSender({ connections: 3 });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => sender.send(MESSAGE)));
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(30);
    expect(most).toBe(3);
    expect(shared).toBe(false);
    expect(gateway.connections).toBe(3);
  });
});
