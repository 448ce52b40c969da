// Callers that disconnect before their response: they do not delay a shutdown, and their SMS is still sent.

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { eventNames } from '../support/audit-log.ts';
import { usingTestApp } from '../support/test-app.ts';
import { success } from '../support/test-gateway.ts';
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
    const i = await newSmsRequest(app);
    const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
    const request = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { i } }),
      signal: caller.signal,
    });
    await expect(request).rejects.toThrow('aborted');
    await stopped;
    expect(eventNames(app).at(-1)).toBe('code_sent');
  });
});
