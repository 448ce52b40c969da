// The load: some connections on loopback, each asking again as soon as it has its answer. Plain sockets and requests
// written beforehand, since it shares its core with the stores.

import { once } from 'node:events';
import { connect } from 'node:net';

export const CONNECTIONS = 32;
const ANSWER_WITHIN_MS = 10_000;

/** One request as it goes over the wire. */
export function httpRequest(path, body) {
  const text = JSON.stringify(body);
  return [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n');
}

/**
 * Sends the requests, each once, until they or the time run out, and waits for the answers under way.
 * @returns how many were answered in how many seconds, each answer's milliseconds, and what was wrong with which.
 */
export async function load({ port, requests, seconds, isSuccess }) {
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    connect({ port, host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const run = { requests: requests.values(), latencies: [], wrong: [], isSuccess };
  const startedMs = performance.now();
  run.untilMs = startedMs + seconds * 1000;
  await Promise.all(sockets.map((socket) => ask(socket, run)));
  return {
    answered: run.latencies.length,
    seconds: (performance.now() - startedMs) / 1000,
    latencies: Float64Array.from(run.latencies).sort(),
    wrong: run.wrong,
  };
}

/** One connection; resolves when there is nothing left to ask, or when the connection is lost. */
function ask(socket, { requests, latencies, wrong, isSuccess, untilMs }) {
  return new Promise((resolve) => {
    let received = '';
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

    socket.setTimeout(ANSWER_WITHIN_MS, () => end('no answer in time'));
    socket.once('error', () => {});
    socket.once('close', () => end('the connection was closed'));
    socket.on('data', (chunk) => {
      received += chunk.latin1Slice();
      const body = completeBody(received);
      if (body === undefined) return;
      latencies.push(performance.now() - sentMs);
      if (!received.startsWith('HTTP/1.1 200 ') || !isSuccess(body)) wrong.push(received.slice(0, 2000));
      received = '';
      next();
    });
    next();
  });
}

/** The body of an answer that has arrived to its end; in chunks it keeps their lengths. */
function completeBody(received) {
  const headEnd = received.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return undefined;
  const head = received.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const isComplete =
    length === undefined ? received.endsWith('\r\n0\r\n\r\n') : received.length >= headEnd + Number(length);
  return isComplete ? received.slice(headEnd) : undefined;
}
