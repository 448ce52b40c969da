// Callers who are gone before their answer: they hold up no stop, and what was begun for them is finished.

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { startTestApp } from '../support/test-app.ts';
import { success } from '../support/test-gateway.ts';

it('a caller who leaves in the middle of the body is not waited for', async () => {
  const app = await startTestApp();
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

it('a stop waits for the text of a caller who left, as for any other', async () => {
  const app = await startTestApp();
  const caller = new AbortController();
  let stopped: Promise<void> | undefined;
  app.gateway.answer = (response, request) => {
    caller.abort();
    stopped = app.stop();
    // The text is taken only after both.
    setTimeout(() => success(response, request), 300);
  };
  const captcha = await app.api.readCaptcha();
  const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
  const request = fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { i: { mobile: freshMobile(), ...captcha } } }),
    signal: caller.signal,
  });
  await expect(request).rejects.toThrow('aborted');
  await stopped;
  const events = app.log.map((line) => JSON.parse(line).event).filter(Boolean);
  expect(events.at(-1)).toBe('code_sent');
});
