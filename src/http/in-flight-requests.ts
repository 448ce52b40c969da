// Counts requests in flight, so that a graceful shutdown can wait for them.

import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { InFlight } from '../common/in-flight.ts';

export function countInFlightRequests(app: FastifyInstance): InFlight {
  const requests = new InFlight();
  app.addHook('onRequest', async () => requests.start());
  // Not onResponse, which never runs for a client that disconnected. The work of its request is still in flight.
  app.addHook('onSend', async (_request, reply) => {
    finished(reply.raw, () => requests.end());
  });
  return requests;
}
