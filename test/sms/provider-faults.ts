// What can go wrong between a sender and its provider. The senders of all protocols over HTTP pass the same tests.

import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { SmsSender } from '../../src/sms/sms-sender.ts';
import { freePort } from '../support/free-port.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, type StubAnswer, withStubProvider } from '../support/stub-provider.ts';

export interface SenderUnderFaults {
  createSender(baseUrl: string, timeoutMs: number): SmsSender;
  /** The body of a documented answer with success. */
  readonly acceptedBody: string;
  /** The same, but with its word for success in other letters. */
  readonly almostAcceptedBody: string;
}

/** For faults after which the sender waits for nothing. */
const LONG_TIMEOUT_MS = 5000;
const SHORT_TIMEOUT_MS = 200;

export function describeFaults({ createSender, acceptedBody, almostAcceptedBody }: SenderUnderFaults): void {
  const half = acceptedBody.slice(0, acceptedBody.length / 2);
  const withLength = { 'content-length': String(Buffer.byteLength(acceptedBody)) };

  /** Sends the headers and a half of the body, and then calls `then`. */
  const begin =
    (then: (response: Parameters<StubAnswer>[0]) => void): StubAnswer =>
    (response) => {
      response.writeHead(200, withLength);
      response.write(half, () => then(response));
    };

  const faults: readonly (readonly [what: string, answer: StubAnswer, timeoutMs?: number])[] = [
    ['the connection is reset after the request', (response) => response.socket?.resetAndDestroy()],
    ['the connection is closed after the request', (response) => response.destroy()],
    ['the connection is reset within the answer', begin((response) => response.socket?.resetAndDestroy())],
    ['the connection ends within the answer', begin((response) => response.socket?.end())],
    ['there is no answer in time', () => {}, SHORT_TIMEOUT_MS],
    ['the answer stops', begin(() => {}), SHORT_TIMEOUT_MS],
    ['the answer is not HTTP', (response) => response.socket?.end('Ok\r\n\r\n')],
    ['the answer is half a body', answerWith(half)],
    ['the answer is HTML', answerWith('<html>Ok accepted</html>', 200, 'text/html')],
    ['the answer is HTML with status 502', answerWith('<html>502 Bad Gateway</html>', 502, 'text/html')],
    ['the answer is empty', answerWith('')],
    ['the answer is empty with status 503', answerWith('', 503)],
    ['the answer is empty with status 404', answerWith('', 404)],
    ['the answer is JSON of another kind', answerWith([null, 'Ok', { outcome: 'accepted' }])],
    ['the answer is null', answerWith('null')],
    [
      'the answer is a redirect',
      (response) => response.writeHead(307, { location: '/elsewhere' }).end('{"error":"moved"}'),
    ],
  ];

  const server = withStubProvider();

  describe('a fault after the request started leaves the outcome unknown, and the SMS is sent once:', () => {
    it.each(faults)('%s', async (_what, answer, timeoutMs = LONG_TIMEOUT_MS) => {
      const { stub } = server;
      const sender = createSender(server.url, timeoutMs);
      stub.answer = answer;
      expect(await sender.send(smsMessage())).toEqual({
        kind: 'unknown',
        reason: expect.stringMatching(/./),
        unreachable: true,
      });
      expect(stub.requests).toHaveLength(1);
      stub.answer = answerWith(acceptedBody);
      expect(await sender.send(smsMessage())).toMatchObject({ kind: 'accepted' });
      expect(stub.requests).toHaveLength(2);
      await sender.close();
    });

    it('the pooled connection of an earlier SMS closes under the request', async () => {
      const { stub } = server;
      const sender = createSender(server.url, LONG_TIMEOUT_MS);
      const ports: unknown[] = [];
      let closes = false;
      stub.answer = (response, request) => {
        ports.push(response.socket?.remotePort);
        if (closes) response.socket?.destroy();
        else answerWith(acceptedBody)(response, request);
      };
      // More than the pool has connections.
      for (let count = 0; count < 9; count += 1) await sender.send(smsMessage());
      const pooled = ports.splice(0);
      closes = true;
      expect(await sender.send(smsMessage())).toMatchObject({ kind: 'unknown' });
      await sender.close();
      expect(ports).toHaveLength(1);
      expect(pooled).toContain(ports[0]);
    });

    it('a word for success in other letters', async () => {
      const { stub } = server;
      const sender = createSender(server.url, LONG_TIMEOUT_MS);
      stub.answer = answerWith(almostAcceptedBody);
      expect(await sender.send(smsMessage())).toMatchObject({ kind: 'unknown' });
      expect(stub.requests).toHaveLength(1);
      await sender.close();
    });
  });

  describe('a fault before the request started rejects the SMS:', () => {
    const rejected = {
      kind: 'rejected',
      cause: 'provider',
      reason: expect.stringMatching(/./),
      retryAfterSeconds: 10,
      unreachable: true,
    };

    it('the connection is refused', async () => {
      const sender = createSender(`http://127.0.0.1:${await freePort()}`, LONG_TIMEOUT_MS);
      expect(await sender.send(smsMessage())).toEqual({
        ...rejected,
        reason: expect.stringContaining('ECONNREFUSED'),
      });
      await sender.close();
    });

    it('the connection is closed within the TLS handshake', async () => {
      const tcp = createServer((socket) => socket.once('data', () => socket.destroy()));
      const port = await freePort();
      await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
      const sender = createSender(`https://127.0.0.1:${port}`, LONG_TIMEOUT_MS);
      expect(await sender.send(smsMessage())).toEqual(rejected);
      await sender.close();
      await new Promise((resolve) => tcp.close(resolve));
    });

    it('the sender is closed', async () => {
      const sender = createSender(server.url, LONG_TIMEOUT_MS);
      await sender.close();
      expect(await sender.send(smsMessage())).toEqual(rejected);
      expect(server.stub.requests).toHaveLength(0);
    });
  });

  it('reads the body with every content type', async () => {
    const sender = createSender(server.url, LONG_TIMEOUT_MS);
    for (const contentType of ['text/plain', 'text/html;charset=gbk', 'application/octet-stream']) {
      server.stub.answer = answerWith(acceptedBody, 200, contentType);
      expect(await sender.send(smsMessage())).toMatchObject({ kind: 'accepted' });
    }
    await sender.close();
  });
}
