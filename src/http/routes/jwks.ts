// The public keys by which other backends check a verification token.

import type { FastifyInstance } from 'fastify';

/** Long enough to spare a request for each token, short enough that a key can be changed within the hour. */
const CACHE_SECONDS = 300;

/** `jwks` is a JWK set as RFC 7517 §5 has it. */
export function registerJwks(app: FastifyInstance, jwks: unknown): void {
  const body = JSON.stringify(jwks);
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .header('content-type', 'application/jwk-set+json')
      .header('cache-control', `public, max-age=${CACHE_SECONDS}`)
      .send(body),
  );
}
