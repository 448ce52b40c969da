// Load with a constant rate of arrivals. Requests keep arriving while a server is slow, as they do from people, and a request that
// waits for a connection waits within its latency (no coordinated omission).

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readResponses } from './load.mjs';

/** A busy loop would take the core from Redis and PostgreSQL. Requests that are due arrive together, once in this time. */
const TICK_MS = 1;
/** Enough that no request waits for a connection unless the server falls behind. */
const CONNECTIONS = 128;

/**
 * Sends each request when it is due.
 * @returns the latencies in milliseconds, sorted, and the failures (`wrong`).
 */
export async function openLoop({ port, requests, perSecond, isSuccess }) {
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    connect({ port, host: '127.0.0.1', noDelay: true }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const [free, waiting, latencies, wrong] = [[], [], [], []];
  const send = (connection, arrival) => {
    connection.arrivedMs = arrival.arrivedMs;
    connection.socket.write(arrival.request);
  };
  for (const socket of sockets) {
    const connection = { socket, arrivedMs: 0 };
    free.push(connection);
    readResponses(socket, (response, body) => {
      latencies.push(performance.now() - connection.arrivedMs);
      if (!response.startsWith('HTTP/1.1 200 ') || !isSuccess(body)) wrong.push(response.slice(0, 2000));
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else send(connection, next);
    });
    socket.once('error', (error) => wrong.push(error.message));
  }
  const startedMs = performance.now();
  for (let sent = 0; sent < requests.length; await sleep(TICK_MS)) {
    const arrivedMs = performance.now();
    const due = Math.ceil(((arrivedMs - startedMs) / 1000) * perSecond);
    for (; sent < Math.min(due, requests.length); sent += 1) {
      const arrival = { arrivedMs, request: requests[sent] };
      // The one that is idle longest, so that none reaches a time-out of the server.
      const connection = free.shift();
      if (connection) send(connection, arrival);
      else waiting.push(arrival);
    }
  }
  while (latencies.length < requests.length && wrong.length === 0) await sleep(TICK_MS);
  for (const socket of sockets) socket.destroy();
  return { latencies: Float64Array.from(latencies).sort(), wrong };
}
