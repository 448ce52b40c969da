// Counts the requests under way, so that a stop can wait for them.

import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { InFlight } from '../common/in-flight.ts';

export function countRequests(app: FastifyInstance): InFlight {
  const running = new InFlight();
  app.addHook('onRequest', async () => running.begin());
  // Not onResponse, which never comes for a caller who left; what was begun for that one is waited for all the same.
  app.addHook('onSend', async (_request, reply) => {
    finished(reply.raw, () => running.end());
  });
  return running;
}
