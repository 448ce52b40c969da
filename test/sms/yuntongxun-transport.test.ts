// What goes wrong on the way to the gateway and back: before a request has left, nothing can have been sent; after
// that, nobody knows. Either way the answer is there in time.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import {
  YuntongxunSender,
  type YuntongxunSettings,
} from '../../src/sms/providers/yuntongxun/yuntongxun-sender.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { type Answer, json, reset, silence, success, TestGateway } from '../support/test-gateway.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const LIMIT_MS = 300;
const SLACK_MS = 200;

const MOBILE = '+8613800138000' as Mobile;
const ACCEPTED = JSON.stringify({
  statusCode: '000000',
  templateSMS: { smsMessageSid: '3f2c9d0a5b7e4c1d8e6f00112233aabb', dateCreated: '20260302003001' },
});

describe('a text', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function createSender(settings: Partial<YuntongxunSettings> & { baseUrl: string }): YuntongxunSender {
    const sender = new YuntongxunSender({
      accountSid: '8a216da85f0000000000000000000001',
      authToken: '0123456789abcdef0123456789abcdef',
      appId: '8a216da85f0000000000000000000002',
      templateId: '1',
      timeoutSeconds: LIMIT_MS / 1000,
      connections: 2,
      ...settings,
    });
    closers.push(() => sender.close().catch(() => {})); // some tests have closed it
    return sender;
  }

  /** Sends and asserts that the outcome came in time. */
  async function sendInTime(sender: YuntongxunSender, code = '007042'): Promise<SmsOutcome> {
    const startedMs = performance.now();
    const outcome = await sender.send({ mobile: MOBILE, code, validForMinutes: 5 });
    expect(performance.now() - startedMs).toBeLessThan(LIMIT_MS + SLACK_MS);
    return outcome;
  }

  async function startGateway(answer: Answer): Promise<{ gateway: TestGateway; baseUrl: string }> {
    const gateway = new TestGateway();
    gateway.answer = answer;
    const baseUrl = await gateway.start();
    closers.push(() => gateway.stop());
    return { gateway, baseUrl };
  }

  /** A server below HTTP; returns its port. */
  async function listen(server: Server, sockets: Set<Socket> = new Set()): Promise<number> {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  describe('is surely not sent', () => {
    function expectNotSent(outcome: SmsOutcome, reason: RegExp): void {
      expect(outcome).toEqual({
        kind: 'notSent',
        reason: expect.stringMatching(reason),
        retryAfterSeconds: 10,
        noResponse: true,
      });
    }

    it('when the connection is refused', async () => {
      const gateway = new TestGateway();
      const baseUrl = await gateway.start();
      await gateway.stop();
      expectNotSent(await sendInTime(createSender({ baseUrl })), /ECONNREFUSED/);
    });

    it('when the host has no address', async () => {
      const sender = createSender({ baseUrl: 'https://gateway.invalid:8883' });
      expectNotSent(await sendInTime(sender), /ENOTFOUND|EAI_AGAIN|DeadlineExceededError/);
    });

    it("when nobody vouches for the gateway's certificate", async () => {
      let requests = 0;
      const server = createTlsServer(selfSignedCertificate(), () => {
        requests += 1;
      });
      const port = await listen(server);
      const sender = createSender({ baseUrl: `https://localhost:${port}`, timeoutSeconds: 5 });
      expectNotSent(await sendInTime(sender), /DEPTH_ZERO_SELF_SIGNED_CERT/);
      expect(requests).toBe(0);
    });

    it('when the gateway speaks no TLS', async () => {
      const { gateway, baseUrl } = await startGateway(success);
      const sender = createSender({ baseUrl: baseUrl.replace('http:', 'https:') });
      expectNotSent(await sendInTime(sender), /./);
      expect(gateway.requests).toHaveLength(0);
    });

    it('when TLS is never agreed upon', async () => {
      const received: Buffer[] = [];
      const server = createServer((socket) => socket.on('data', (data) => received.push(data)));
      const port = await listen(server);
      expectNotSent(await sendInTime(createSender({ baseUrl: `https://127.0.0.1:${port}` })), /./);
      expect(Buffer.concat(received).toString('latin1')).not.toContain('TemplateSMS');
    });

    it('when the connection is cut while TLS is agreed upon', async () => {
      const port = await listen(createServer((socket) => socket.once('data', () => socket.destroy())));
      expectNotSent(await sendInTime(createSender({ baseUrl: `https://127.0.0.1:${port}` })), /./);
    });

    it('when every connection is taken by texts that hang, and not later either', async () => {
      const { gateway, baseUrl } = await startGateway(silence);
      const sender = createSender({ baseUrl, connections: 2 });
      const codes = Array.from({ length: 10 }, (_, index) => `00000${index}`);
      const outcomes = await Promise.all(codes.map((code) => sendInTime(sender, code)));
      expect(outcomes.slice(0, 2)).toEqual([
        expect.objectContaining({ kind: 'unknown' }),
        expect.objectContaining({ kind: 'unknown' }),
      ]);
      // A text that waits may still get the connection that the first ones leave, in its last milliseconds.
      const waited = outcomes.filter(({ kind }) => kind === 'notSent');
      expect(waited.length).toBeGreaterThan(0);
      for (const outcome of waited) expectNotSent(outcome, /DeadlineExceededError/);

      gateway.answer = success;
      expect(await sendInTime(sender, '999999')).toMatchObject({ kind: 'sent' });
      const arrived = gateway.requests.map(({ code }) => code);
      const neverLeft = codes.filter((_, index) => outcomes[index]?.kind === 'notSent');
      expect(neverLeft.filter((code) => arrived.includes(code))).toEqual([]);
    });

    it('when the sender is closed already', async () => {
      const { gateway, baseUrl } = await startGateway(success);
      const sender = createSender({ baseUrl });
      await sender.close();
      expectNotSent(await sendInTime(sender), /./);
      expect(gateway.requests).toHaveLength(0);
    });
  });

  describe('may have been sent', () => {
    const PIECE = ACCEPTED.slice(0, 60);

    /** Runs `then` once the first bytes of an answer are on their way. */
    function begin(response: ServerResponse, headers: Record<string, string>, then: () => void): void {
      response.writeHead(200, headers);
      response.write(PIECE, then);
    }

    const contentLength = { 'content-length': String(ACCEPTED.length) };

    const failures: [what: string, answer: Answer][] = [
      ['when no answer comes', silence],
      ['when the connection is closed after the request was taken', reset],
      [
        'when the connection is reset after the request was taken',
        (response) => response.socket?.resetAndDestroy(),
      ],
      [
        'when the connection is reset in the middle of an answer',
        (response) => begin(response, contentLength, () => response.socket?.resetAndDestroy()),
      ],
      [
        'when half an answer comes and then the end',
        (response) => begin(response, contentLength, () => response.socket?.end()),
      ],
      ['when half an answer comes and then nothing', (response) => begin(response, contentLength, () => {})],
      [
        'when half an answer of unknown length comes and then the end',
        (response) => begin(response, {}, () => response.socket?.destroy()),
      ],
      [
        'when a whole answer comes that claims to be longer',
        (response) =>
          response.writeHead(200, { 'content-length': '1000' }).write(ACCEPTED, () => response.socket?.end()),
      ],
      ['when only headers come', (response) => response.writeHead(200, contentLength).flushHeaders()],
      ['when the answer is not HTTP', (response) => response.socket?.end('000000\r\n\r\n')],
      ['when the answer is HTML', (response) => response.writeHead(502).end('<html>502 Bad Gateway</html>')],
      ['when the answer is empty', (response) => response.writeHead(200).end()],
      [
        'when the answer has ten megabytes',
        (response) => response.writeHead(200).end(ACCEPTED.padEnd(10_000_000)),
      ],
      [
        'when the answer never ends',
        (response) => {
          const flow = () => {
            while (!response.destroyed && response.write('x'.repeat(1000)));
            if (!response.destroyed) response.once('drain', flow);
          };
          flow();
        },
      ],
      [
        'when the answer has headers without end',
        (response) => response.socket?.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}`),
      ],
    ];

    it.each(failures)('%s, which the text after it does not feel', async (_what, answer) => {
      const { gateway, baseUrl } = await startGateway(answer);
      const sender = createSender({ baseUrl, connections: 1 });
      expect(await sendInTime(sender)).toEqual({
        kind: 'unknown',
        reason: expect.stringMatching(/./),
        noResponse: true,
      });
      expect(gateway.requests).toHaveLength(1);
      gateway.answer = success;
      expect(await sendInTime(sender)).toMatchObject({ kind: 'sent' });
      expect(gateway.requests).toHaveLength(2);
    });

    it('and an answer that comes too late is not taken for the one to the next text', async () => {
      const late: ServerResponse[] = [];
      const { gateway, baseUrl } = await startGateway((response) => late.push(response));
      const sender = createSender({ baseUrl, connections: 1 });
      expect(await sendInTime(sender)).toMatchObject({ kind: 'unknown' });
      gateway.answer = (response) => {
        for (const first of late) first.end(ACCEPTED);
        json(response, 200, { statusCode: '000000', templateSMS: { smsMessageSid: 'the second' } });
      };
      expect(await sendInTime(sender)).toEqual({ kind: 'sent', messageId: 'the second' });
    });

    it('and is never tried a second time', async () => {
      const { gateway, baseUrl } = await startGateway(reset);
      const sender = createSender({ baseUrl, timeoutSeconds: 5 });
      for (const code of ['000001', '000002']) {
        expect(await sender.send({ mobile: MOBILE, code, validForMinutes: 5 })).toMatchObject({
          kind: 'unknown',
        });
      }
      expect(gateway.requests.map(({ code }) => code)).toEqual(['000001', '000002']);
    });
  });

  describe('keeps its sender from closing', () => {
    it('no longer than the time limit, while it hangs', async () => {
      const { gateway, baseUrl } = await startGateway(silence);
      const sender = createSender({ baseUrl });
      const sends = [sendInTime(sender), sendInTime(sender)];
      const startedMs = performance.now();
      await sender.close();
      expect(performance.now() - startedMs).toBeLessThan(LIMIT_MS + SLACK_MS);
      expect((await Promise.all(sends)).map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
      expect(gateway.requests).toHaveLength(2);
    });

    it('not much longer than the time limit, while no connection comes about', async () => {
      const port = await listen(createServer(() => {}));
      const sender = createSender({ baseUrl: `https://127.0.0.1:${port}` });
      const send = sendInTime(sender);
      const startedMs = performance.now();
      await sender.close();
      expect(performance.now() - startedMs).toBeLessThan(LIMIT_MS + 1000 + SLACK_MS);
      expect(await send).toMatchObject({ kind: 'notSent' });
    });
  });
});
