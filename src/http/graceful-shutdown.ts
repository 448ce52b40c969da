// The graceful shutdown of the HTTP server: load balancers learn of it while it still serves, late requests are answered,
// and what is in flight finishes.

import { once } from 'node:events';
import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { IN_FLIGHT_TIMEOUT_MS, lateRequestsMs } from '../config/time-budgets.ts';
import { countInFlightRequests } from './in-flight-requests.ts';

export interface GracefulShutdown {
  readonly isStarted: () => boolean;
  /**
   * 1. Drain: everything is served as before, but each response closes its connection.
   * 2. The server stops listening. Connections that are still open may send a request for a moment.
   * 3. Requests in flight finish, then the work that outlives them.
   * 4. The remaining connections close.
   */
  readonly run: (drainBackgroundWork: (timeoutMs: number) => Promise<void>) => Promise<void>;
}

/** Call it before routes are registered, so that it sees the requests of all of them. */
export function prepareGracefulShutdown(app: FastifyInstance, drainSeconds: number): GracefulShutdown {
  const drainMs = drainSeconds * 1000;
  let isStarted = false;
  const inFlight = countInFlightRequests(app);
  // Without it, a client would send its next request on a connection that is about to close.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStarted) reply.header('connection', 'close');
    done();
  });
  return {
    isStarted: () => isStarted,
    async run(drainBackgroundWork) {
      isStarted = true;
      await sleep(drainMs);
      await stopListening(app, lateRequestsMs(drainSeconds));
      const endMs = performance.now() + IN_FLIGHT_TIMEOUT_MS;
      await inFlight.drain(IN_FLIGHT_TIMEOUT_MS);
      await drainBackgroundWork(Math.max(0, endMs - performance.now()));
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Resolves when no connection is open, or after `lateMs`. */
async function stopListening({ server }: FastifyInstance, lateMs: number): Promise<void> {
  const abort = new AbortController();
  const { signal } = abort;
  const closed = once(server, 'close', { signal });
  // `close` of an HTTP server would also close idle connections, and with them a request that is on its way.
  Server.prototype.close.call(server);
  await Promise.race([closed, sleep(lateMs, undefined, { signal })]);
  abort.abort();
}
