// Generates load: connections on the loopback interface, each with one request in flight at a time. It uses plain sockets
// and prepared requests, because it shares its core with Redis and PostgreSQL.

import { once } from 'node:events';
import { connect } from 'node:net';

export const CONNECTIONS = 32;
const RESPONSE_TIMEOUT_MS = 10_000;

/** An HTTP request as a string. With an `address` it comes from a proxy that names this client. */
export function httpRequest(path, body, address) {
  const json = JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(address === undefined ? [] : [`x-forwarded-for: ${address}`]),
    'content-type: application/json',
    'accept: application/json',
    `content-length: ${Buffer.byteLength(json)}`,
    '',
    json,
  ].join('\r\n');
}

/**
 * Sends each request once, until none is left or the time is over, and waits for the responses in flight. Several ports
 * share the connections.
 * @returns the number of responses, the duration in seconds, the latencies in milliseconds, the bytes of the responses, and
 *   the failures (`wrong`).
 */
export async function load({ ports, requests, seconds, isSuccess, connections = CONNECTIONS }) {
  const sockets = Array.from({ length: connections }, (_, index) =>
    connect({ port: ports[index % ports.length], host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const run = { requests: requests.values(), latencies: [], responseBytes: 0, wrong: [], isSuccess };
  const startedMs = performance.now();
  run.untilMs = startedMs + seconds * 1000;
  await Promise.all(sockets.map((socket) => sendRequests(socket, run)));
  return {
    answered: run.latencies.length,
    seconds: (performance.now() - startedMs) / 1000,
    latencies: Float64Array.from(run.latencies).sort(),
    responseBytes: run.responseBytes,
    wrong: run.wrong,
  };
}

/** Sends requests on one connection. Resolves when no request is left or the connection fails. */
function sendRequests(socket, run) {
  const { requests, latencies, wrong, isSuccess, untilMs } = run;
  return new Promise((resolve) => {
    let sentMs = 0;

    const next = () => {
      sentMs = performance.now();
      const { value, done } = sentMs < untilMs ? requests.next() : { done: true };
      if (done) end();
      else socket.write(value);
    };
    const end = (reason) => {
      if (reason) wrong.push(reason);
      socket.removeAllListeners('close').destroy();
      resolve();
    };

    socket.setTimeout(RESPONSE_TIMEOUT_MS, () => end('the response timed out'));
    socket.once('error', () => {});
    socket.once('close', () => end('the connection was closed'));
    readResponses(socket, (response, body) => {
      latencies.push(performance.now() - sentMs);
      run.responseBytes += response.length;
      if (!response.startsWith('HTTP/1.1 200 ') || !isSuccess(body)) wrong.push(response.slice(0, 2000));
      next();
    });
    next();
  });
}

/** Calls `onResponse` with each complete response of a connection that has one request in flight, and with its body. */
export function readResponses(socket, onResponse) {
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.latin1Slice();
    const body = completeBody(received);
    if (body === undefined) return;
    const response = received;
    received = '';
    onResponse(response, body);
  });
}

/** The body of a complete response, or undefined. A chunked body still contains the lengths of its chunks. */
function completeBody(received) {
  const headEnd = received.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return undefined;
  const head = received.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isComplete =
    length === undefined ? received.endsWith('\r\n0\r\n\r\n') : received.length >= headEnd + Number(length);
  return isComplete ? received.slice(headEnd) : undefined;
}
