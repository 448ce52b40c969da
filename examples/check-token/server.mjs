// A backend of your own that accepts a verification token: `curl -X POST -H 'authorization: Bearer <token>' …`.
// It checks the token by the public keys and takes it once. Needs jose and ioredis; see README.md beside it.

import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { VERIFIER_URL, TOKEN_ISSUER = 'yanzheng', TOKEN_AUDIENCE = 'yanzheng', REDIS_URL, PORT } = process.env;
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', VERIFIER_URL));
const redis = new Redis(REDIS_URL);
const rules = {
  algorithms: ['ES256'],
  typ: 'mobile-verification+jwt',
  issuer: TOKEN_ISSUER,
  audience: TOKEN_AUDIENCE,
  requiredClaims: ['exp', 'jti', 'mobile', 'purpose'],
};

/** What the token proves; throws if it is none, or was brought here before. */
async function accept(token) {
  const { payload } = await jwtVerify(token, keys, rules);
  const isFirst = await redis.set(`accepted:${payload.jti}`, 1, 'EXAT', payload.exp, 'NX');
  if (!isFirst) throw new Error('the token was spent');
  return { mobile: payload.mobile, purpose: payload.purpose, userId: payload.sub };
}

createServer(async ({ headers }, response) => {
  const proof = await accept(headers.authorization?.replace('Bearer ', '') ?? '').catch(() => undefined);
  response.writeHead(proof ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(proof ?? { error: 'verify the mobile first' }));
}).listen(Number(PORT), '127.0.0.1');
