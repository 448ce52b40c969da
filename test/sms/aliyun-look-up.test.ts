// The look-up of Aliyun: what the platform knows about an attempt whose outcome is unknown.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AliyunApi } from '../../src/sms/providers/aliyun/aliyun-api.ts';
import { aliyunLookUp } from '../../src/sms/providers/aliyun/aliyun-look-up.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, type StubAnswer, withStubProvider } from '../support/stub-provider.ts';
import { aliyunAnswer, createAliyunApi } from './aliyun-fixture.ts';

const { attemptId, mobile } = smsMessage();
/** 00:30 of the next day in China. */
const ATTEMPT = { attemptId, mobile, startedAtMs: Date.parse('2026-03-01T16:30:00Z') };
const TIMEOUT_MS = 5000;

const other = { OutId: 'another', SendStatus: 3 };
const fullPage = Array.from({ length: 50 }, () => other);
const details = (rows: unknown) => aliyunAnswer('OK', { SmsSendDetailDTOs: { SmsSendDetailDTO: rows } });

const server = withStubProvider();
let api: AliyunApi;
beforeAll(() => {
  api = createAliyunApi(server.url);
});
afterAll(() => api.close());

function lookUp(answer: StubAnswer, timeoutMs = TIMEOUT_MS, startedAtMs = ATTEMPT.startedAtMs) {
  server.stub.answer = answer;
  return aliyunLookUp(api)({ ...ATTEMPT, startedAtMs }, timeoutMs);
}

const queries = () =>
  server.stub.requests.map(({ headers, body }) => ({
    action: headers['x-acs-action'],
    ...Object.fromEntries(new URLSearchParams(body)),
  }));

describe('the look-up of Aliyun', () => {
  it('asks for the SMS of the number on the day of the attempt in China', async () => {
    await lookUp(answerWith(details([])));
    expect(server.stub.requests).toMatchObject([{ method: 'POST', path: '/' }]);
    expect(queries()).toEqual([
      {
        action: 'QuerySendDetails',
        PhoneNumber: '13800138000',
        SendDate: '20260302',
        PageSize: '50',
        CurrentPage: '1',
      },
    ]);
  });

  it('asks for the next day too, for an attempt that may have arrived after midnight in China', async () => {
    const lastSecondMs = Date.parse('2026-03-01T15:59:59Z');
    const isNextDay = (body: string) => body.includes('SendDate=20260302');
    const found = await lookUp(
      (response, request) => {
        const rows = isNextDay(request.body) ? [{ OutId: attemptId, SendStatus: 3 }] : [other];
        answerWith(details(rows))(response, request);
      },
      TIMEOUT_MS,
      lastSecondMs,
    );
    expect(found).toBe('delivered');
    expect(queries().map((query) => 'SendDate' in query && query.SendDate)).toEqual(['20260301', '20260302']);
  });

  it.each([
    [1, 'accepted'],
    [2, 'undelivered'],
    [3, 'delivered'],
    ['3', 'delivered'],
    [0, 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
    ['toString', 'unknown'],
  ])('finds the attempt with the state %j: %s', async (SendStatus, result) => {
    const rows = [other, { OutId: attemptId, SendStatus }, other];
    expect(await lookUp(answerWith(details(rows)))).toBe(result);
  });

  it('does not know an attempt that is absent: its row may come later', async () => {
    expect(await lookUp(answerWith(details([other, {}, null, 'x'])))).toBe('unknown');
    expect(server.stub.requests).toHaveLength(1);
  });

  it('reads further pages after a full one', async () => {
    const found = await lookUp((response, request) => {
      const isSecond = request.body.includes('CurrentPage=2');
      answerWith(details(isSecond ? [{ OutId: attemptId, SendStatus: 3 }] : fullPage))(response, request);
    });
    expect(found).toBe('delivered');
    expect(queries().map((query) => 'CurrentPage' in query && query.CurrentPage)).toEqual(['1', '2']);
  });

  it('reads three pages at most', async () => {
    expect(await lookUp(answerWith(details(fullPage)))).toBe('unknown');
    expect(server.stub.requests).toHaveLength(3);
  });

  it.each([
    ['an error', answerWith(aliyunAnswer('isv.AMOUNT_NOT_ENOUGH'))],
    ['throttling', answerWith(aliyunAnswer('Throttling.User'), 400)],
    ['OK in other letters', answerWith({ ...details([{ OutId: attemptId, SendStatus: 3 }]), Code: 'Ok' })],
    ['no list', answerWith(details('none'))],
    ['no rows', answerWith(aliyunAnswer('OK'))],
    ['HTML', answerWith('<html/>', 502, 'text/html')],
    ['half a body', answerWith('{"Code":"OK","SmsSendDetailDTOs":{')],
    ['a reset connection', (response) => response.socket?.resetAndDestroy()],
  ] satisfies [string, StubAnswer][])('does not know the attempt after %s', async (_what, answer) => {
    expect(await lookUp(answer)).toBe('unknown');
    expect(server.stub.requests).toHaveLength(1);
  });

  it('ends after its time limit for all pages together', async () => {
    const startMs = performance.now();
    let pages = 0;
    const result = await lookUp((response, request) => {
      pages += 1;
      if (pages === 1) answerWith(details(fullPage))(response, request);
    }, 200);
    expect(result).toBe('unknown');
    expect(pages).toBe(2);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  it('does not ask without any time left, or after the provider is closed', async () => {
    expect(await lookUp(answerWith(details([])), 0)).toBe('unknown');
    expect(server.stub.requests).toHaveLength(0);
    const closed = createAliyunApi(server.url);
    await closed.close();
    expect(await aliyunLookUp(closed)(ATTEMPT, TIMEOUT_MS)).toBe('unknown');
  });
});
