// `GET /.well-known/jwks.json`: the public keys of the verification tokens.

import type { FastifyInstance } from 'fastify';

/** Long enough to avoid a request per token, short enough to rotate a key within the hour. */
const CACHE_SECONDS = 300;

/** `jwks` is a JWK Set (RFC 7517 §5). */
export function registerJwks(app: FastifyInstance, jwks: unknown): void {
  const body = JSON.stringify(jwks);
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .header('content-type', 'application/jwk-set+json')
      .header('cache-control', `public, max-age=${CACHE_SECONDS}`)
      .send(body),
  );
}
