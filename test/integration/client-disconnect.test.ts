// Callers that disconnect before their response: they do not delay a shutdown, and their SMS is still sent.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { REPLAY_POLL_MAX_MS } from '../../src/config/time-budgets.ts';
import type { SmsCodeRequest } from '../support/api.ts';
import { eventNames } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { scriptCalls } from '../support/script-calls.ts';
import { describeWithRedis } from '../support/suites.ts';
import { type TestApp, usingTestApp } from '../support/test-app.ts';
import { holdAnswers, success } from '../support/test-gateway.ts';
import { newSmsRequest } from '../support/verification.ts';

it('a shutdown does not wait for a caller that disconnected within the body', async () => {
  await usingTestApp({}, async (app) => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n';
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    const startedMs = performance.now();
    await app.stop();
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });
});

it('a shutdown waits for the SMS of a caller that disconnected', async () => {
  await usingTestApp({}, async (app) => {
    const caller = new AbortController();
    let stopped: Promise<void> | undefined;
    app.gateway.answer = (response, request) => {
      caller.abort();
      stopped = app.stop();
      // The gateway accepts the SMS after the disconnect and the start of the shutdown.
      setTimeout(() => success(response, request), 300);
    };
    const request = requestUntil(caller.signal, app, await newSmsRequest(app));
    await expect(request).rejects.toThrow('aborted');
    await stopped;
    expect(eventNames(app).at(-1)).toBe('code_sent');
  });
});

// The embedded Redis counts no commands.
describeWithRedis('with redis-server,', () => {
  it('replays of a pending request cost one poll, and none after their callers have disconnected', async () => {
    await usingTestApp({}, async (app) => {
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const input = await newSmsRequest(app);
      const original = app.api.requestSmsCode(input);
      await eventually(async () => held.waiting === 1);

      const callers = new AbortController();
      const before = await scriptCalls(app.redis as Redis);
      const replays = Array.from({ length: 100 }, () => requestUntil(callers.signal, app, input));
      // Each replay claims, reserves, and releases its reservation. Then it waits.
      await eventually(async () => (await scriptCalls(app.redis as Redis)) - before >= 300);
      const polled = await scriptCallsWithin(app, 2 * REPLAY_POLL_MAX_MS);
      expect(polled).toBeGreaterThan(0);
      expect(polled).toBeLessThan(40);

      callers.abort();
      for (const replay of replays) await expect(replay).rejects.toThrow('aborted');
      await eventually(async () => (await scriptCallsWithin(app, REPLAY_POLL_MAX_MS)) === 0);
      held.release();
      expect((await original).__typename).toBe('SmsCodeSent');
    });
  });
});

function requestUntil(signal: AbortSignal, app: TestApp, i: SmsCodeRequest): Promise<Response> {
  const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
  return fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { i } }),
    signal,
  });
}

/** How many scripts the service runs in Redis within this time. */
async function scriptCallsWithin(app: TestApp, milliseconds: number): Promise<number> {
  const before = await scriptCalls(app.redis as Redis);
  await sleep(milliseconds);
  return (await scriptCalls(app.redis as Redis)) - before;
}
