// Failures after a request was sent: the outcome is unknown, and arrives within the time limit.

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { type Answer, acceptedBody, json, reset, silence, success } from '../support/test-gateway.ts';
import { MESSAGE, sendInTime, withYuntongxun } from './yuntongxun-fixture.ts';

const { createSender, startGateway } = withYuntongxun();

const ACCEPTED = JSON.stringify(acceptedBody());

describe('the outcome of an SMS is unknown', () => {
  const PART = ACCEPTED.slice(0, 60);

  /** Sends a part of a response, and then calls `then`. */
  function begin(response: ServerResponse, headers: Record<string, string>, then: () => void): void {
    response.writeHead(200, headers);
    response.write(PART, then);
  }

  const contentLength = { 'content-length': String(ACCEPTED.length) };

  const failures: [what: string, answer: Answer][] = [
    ['without a response', silence],
    ['if the connection is closed after the request was received', reset],
    [
      'if the connection is reset after the request was received',
      (response) => response.socket?.resetAndDestroy(),
    ],
    [
      'if the connection is reset within a response',
      (response) => begin(response, contentLength, () => response.socket?.resetAndDestroy()),
    ],
    [
      'if the connection ends within a response',
      (response) => begin(response, contentLength, () => response.socket?.end()),
    ],
    [
      'if a response stops and the connection stays open',
      (response) => begin(response, contentLength, () => {}),
    ],
    [
      'if the connection ends within a response of unknown length',
      (response) => begin(response, {}, () => response.socket?.destroy()),
    ],
    [
      'if a response is shorter than its Content-Length',
      (response) =>
        response.writeHead(200, { 'content-length': '1000' }).write(ACCEPTED, () => response.socket?.end()),
    ],
    ['if only headers arrive', (response) => response.writeHead(200, contentLength).flushHeaders()],
    ['if the response is not HTTP', (response) => response.socket?.end('000000\r\n\r\n')],
    ['if the response is HTML', (response) => response.writeHead(502).end('<html>502 Bad Gateway</html>')],
    ['if the response is empty', (response) => response.writeHead(200).end()],
    [
      'if the response has ten megabytes',
      (response) => response.writeHead(200).end(ACCEPTED.padEnd(10_000_000)),
    ],
    [
      'if the response never ends',
      (response) => {
        const flow = () => {
          while (!response.destroyed && response.write('x'.repeat(1000)));
          if (!response.destroyed) response.once('drain', flow);
        };
        flow();
      },
    ],
    [
      'if the headers never end',
      (response) => response.socket?.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}`),
    ],
  ];

  it.each(failures)('%s, and the next SMS is accepted', async (_what, answer) => {
    const { gateway, baseUrl } = await startGateway(answer);
    const sender = createSender({ baseUrl, connections: 1 });
    expect(await sendInTime(sender)).toEqual({
      kind: 'unknown',
      reason: expect.stringMatching(/./),
      unreachable: true,
    });
    expect(gateway.requests).toHaveLength(1);
    gateway.answer = success;
    expect(await sendInTime(sender)).toMatchObject({ kind: 'accepted' });
    expect(gateway.requests).toHaveLength(2);
  });

  it('if the response is late, which is not read as the response to the next request', async () => {
    const late: ServerResponse[] = [];
    const { gateway, baseUrl } = await startGateway((response) => late.push(response));
    const sender = createSender({ baseUrl, connections: 1 });
    expect(await sendInTime(sender)).toMatchObject({ kind: 'unknown' });
    gateway.answer = (response) => {
      for (const first of late) first.end(ACCEPTED);
      json(response, 200, { statusCode: '000000', templateSMS: { smsMessageSid: 'second-message' } });
    };
    expect(await sendInTime(sender)).toEqual({ kind: 'accepted', messageId: 'second-message' });
  });

  it('and the request is not retried', async () => {
    const { gateway, baseUrl } = await startGateway(reset);
    const sender = createSender({ baseUrl, timeoutMs: 5000 });
    for (const code of ['000001', '000002']) {
      expect(await sender.send({ ...MESSAGE, code })).toMatchObject({ kind: 'unknown' });
    }
    expect(gateway.requests.map(({ code }) => code)).toEqual(['000001', '000002']);
  });
});
