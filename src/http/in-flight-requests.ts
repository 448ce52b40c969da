// Counts requests in flight, so that a graceful shutdown can wait for them.

import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { InFlight } from '../common/in-flight.ts';

export function countInFlightRequests(app: FastifyInstance): InFlight {
  const requests = new InFlight();
  app.addHook('onRequest', (_request, _reply, done) => {
    requests.start();
    done();
  });
  // Not onResponse, which never runs for a client that disconnected. The work of its request is still in flight.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    finished(reply.raw, () => requests.end());
    done();
  });
  return requests;
}
