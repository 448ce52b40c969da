// Failures before a request is sent: the SMS is rejected within the time limit. Closing the sender.

import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { selfSignedCertificate } from '../support/self-signed-certificate.ts';
import { silence, success, TestGateway } from '../support/test-gateway.ts';
import { MARGIN_MS, sendInTime, TIMEOUT_MS, withYuntongxun } from './yuntongxun-fixture.ts';

const { close, createSender, listen, startGateway } = withYuntongxun();

describe('an SMS is rejected', () => {
  function expectRejected(outcome: SmsOutcome, reason: RegExp): void {
    expect(outcome).toEqual({
      kind: 'rejected',
      cause: 'provider',
      reason: expect.stringMatching(reason),
      retryAfterSeconds: 10,
      unreachable: true,
    });
  }

  it('if the connection is refused', async () => {
    const closed = new TestGateway();
    const baseUrl = await closed.start();
    await closed.stop();
    expectRejected(await sendInTime(createSender({ baseUrl })), /ECONNREFUSED/);
  });

  it('if the host name has no address', async () => {
    const sender = createSender({ baseUrl: 'https://gateway.invalid:8883' });
    expectRejected(await sendInTime(sender), /ENOTFOUND|EAI_AGAIN|DeadlineExceededError/);
  });

  it('if the certificate of the gateway has no trusted issuer', async () => {
    let requests = 0;
    const server = createTlsServer(selfSignedCertificate(), () => {
      requests += 1;
    });
    const port = await listen(server);
    const sender = createSender({ baseUrl: `https://localhost:${port}`, timeoutMs: 5000 });
    expectRejected(await sendInTime(sender), /DEPTH_ZERO_SELF_SIGNED_CERT/);
    expect(requests).toBe(0);
  });

  it('if the gateway does not speak TLS', async () => {
    const { gateway, baseUrl } = await startGateway(success);
    const sender = createSender({ baseUrl: baseUrl.replace('http:', 'https:') });
    expectRejected(await sendInTime(sender), /./);
    expect(gateway.requests).toHaveLength(0);
  });

  it('if the TLS handshake does not end', async () => {
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (data) => received.push(data)));
    const port = await listen(server);
    expectRejected(await sendInTime(createSender({ baseUrl: `https://127.0.0.1:${port}` })), /./);
    expect(Buffer.concat(received).toString('latin1')).not.toContain('TemplateSMS');
  });

  it('if the connection is closed within the TLS handshake', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.destroy())));
    expectRejected(await sendInTime(createSender({ baseUrl: `https://127.0.0.1:${port}` })), /./);
  });

  it('if every connection is in use by requests without a response, and is not sent later', async () => {
    const { gateway, baseUrl } = await startGateway(silence);
    const sender = createSender({ baseUrl, connections: 2 });
    const codes = Array.from({ length: 10 }, (_, index) => `00000${index}`);
    const outcomes = await Promise.all(codes.map((code) => sendInTime(sender, code)));
    expect(outcomes.slice(0, 2)).toEqual([
      expect.objectContaining({ kind: 'unknown' }),
      expect.objectContaining({ kind: 'unknown' }),
    ]);
    // A waiting request may get a connection that is released in its last milliseconds.
    const rejected = outcomes.filter(({ kind }) => kind === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    for (const outcome of rejected) expectRejected(outcome, /DeadlineExceededError/);

    gateway.answer = success;
    expect(await sendInTime(sender, '999999')).toMatchObject({ kind: 'accepted' });
    const arrived = gateway.requests.map(({ code }) => code);
    const rejectedCodes = codes.filter((_, index) => outcomes[index]?.kind === 'rejected');
    expect(rejectedCodes.filter((code) => arrived.includes(code))).toEqual([]);
  });

  it('if the sender is closed', async () => {
    const { gateway, baseUrl } = await startGateway(success);
    const sender = createSender({ baseUrl });
    await close(sender);
    expectRejected(await sendInTime(sender), /./);
    expect(gateway.requests).toHaveLength(0);
  });
});

describe('closing the sender', () => {
  it('waits for a request without a response until its time limit', async () => {
    const { gateway, baseUrl } = await startGateway(silence);
    const sender = createSender({ baseUrl });
    const sends = [sendInTime(sender), sendInTime(sender)];
    const startedMs = performance.now();
    await close(sender);
    expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
    expect((await Promise.all(sends)).map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
    expect(gateway.requests).toHaveLength(2);
  });

  it('waits for a connection that is never established for little more than its time limit', async () => {
    const port = await listen(createServer(() => {}));
    const sender = createSender({ baseUrl: `https://127.0.0.1:${port}` });
    const send = sendInTime(sender);
    const startedMs = performance.now();
    await close(sender);
    expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + 1000 + MARGIN_MS);
    expect(await send).toMatchObject({ kind: 'rejected' });
  });
});
