// The graceful shutdown as clients and load balancers see it.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventNames } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { readiness } from '../support/health.ts';
import { type TestApp, usingTestApp } from '../support/test-app.ts';
import { holdAnswers } from '../support/test-gateway.ts';

/** Long enough that everything a test does during the drain happens before its end. */
const DURING_DRAIN = { SHUTDOWN_DRAIN_SECONDS: '5' };
const SHORT_DRAIN = { SHUTDOWN_DRAIN_SECONDS: '1' };
const NO_DRAIN = { SHUTDOWN_DRAIN_SECONDS: '0' };

/** Far below the time-outs of a shutdown that waits for something. */
const QUICK_MS = 1000;

describe('during the drain', () => {
  it('readiness ends at once, and everything else is served with `Connection: close`', async () => {
    await usingTestApp({ settings: DURING_DRAIN }, async (app) => {
      const stopped = app.stop();
      expect(await readiness(app)).toEqual([503, expect.objectContaining({ status: 'stopping' })]);
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
      expect(app.gateway.requests).toHaveLength(1);
      for (const path of [
        '/graphql?query={__typename}',
        '/healthz',
        '/readyz',
        '/metrics',
        '/',
        '/none',
        '/%',
      ]) {
        const { headers } = await fetch(app.url + path, { headers: { 'apollo-require-preflight': 'true' } });
        expect([path, headers.get('connection')]).toEqual([path, 'close']);
      }
      await stopped;
    });
  });

  it('the response to a request from before the drain closes its connection, too', async () => {
    await usingTestApp({ settings: DURING_DRAIN }, async (app) => {
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const requested = app.api.requestWithCaptcha(freshMobile());
      await eventually(async () => held.waiting === 1);
      const stopped = app.stop();
      const connection = await openConnection(app);
      held.release();
      expectType(await requested, 'SmsCodeSent');
      expect(await connection.request('/healthz')).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
      await connection.closed;
      await stopped;
    });
  });

  it('before a stop, connections stay open', async () => {
    await usingTestApp({ settings: NO_DRAIN }, async (app) => {
      const { headers } = await fetch(`${app.url}/healthz`);
      expect(headers.get('connection')).toBe('keep-alive');
    });
  });
});

describe('after the drain', () => {
  it('no client can connect, a late request is answered, and what is in flight finishes', async () => {
    await usingTestApp({ settings: SHORT_DRAIN }, async (app) => {
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const inFlight = app.api.requestWithCaptcha(freshMobile());
      await eventually(async () => held.waiting === 1);
      const silent = await openConnection(app);
      const idle = await openConnection(app);
      expect(await idle.request('/healthz')).toMatch(/^HTTP\/1\.1 200 .*connection: keep-alive/is);

      const stopped = app.stop();
      await untilConnectionsAreRejected(app);
      for (const connection of [silent, idle]) {
        expect(await connection.request('/healthz')).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
        await connection.closed;
      }
      held.release();
      expectType(await inFlight, 'SmsCodeSent');
      await stopped;
    });
  });

  it('a request finishes whose SMS has been sent already', async () => {
    // With user-enumeration protection the response comes after a second, whenever the SMS is sent.
    await usingTestApp({ settings: { ...NO_DRAIN, ENUMERATION: 'conceal' } }, async (app) => {
      const inFlight = app.api.requestWithCaptcha(freshMobile());
      await eventually(async () => eventNames(app).includes('code_sent'));
      await Promise.all([app.stop(), inFlight]);
      expectType(await inFlight, 'SmsCodeSent');
    });
  });

  it('a connection without a request does not delay the end', async () => {
    await usingTestApp({ settings: NO_DRAIN }, async (app) => {
      const silent = await openConnection(app);
      const startedMs = performance.now();
      await app.stop();
      expect(performance.now() - startedMs).toBeLessThan(QUICK_MS);
      await silent.closed;
    });
  });
});

interface Connection {
  /** The response to a GET request on this connection. */
  request(path: string): Promise<string>;
  readonly closed: Promise<unknown>;
}

/** Opens a keep-alive connection that the server has accepted. */
async function openConnection({ url }: TestApp): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname).setEncoding('latin1');
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  // The server accepts connections in order, so an answer on a later one shows that it has accepted this one.
  await (await fetch(`${url}/healthz`)).text();
  return {
    closed,
    async request(path) {
      const answered = once(socket, 'data', { signal: AbortSignal.timeout(5000) });
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      return String(await answered);
    },
  };
}

async function untilConnectionsAreRejected({ url }: TestApp): Promise<void> {
  const { hostname, port } = new URL(url);
  await eventually(
    () =>
      new Promise((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.destroy();
          resolve(false);
        }).once('error', () => resolve(true));
      }),
  );
}
