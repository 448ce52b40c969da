// A backend that accepts a verification token: `curl -X POST -H 'authorization: Bearer <token>' …`.
// It verifies the token with the public keys and accepts it once, for a registration. It needs jose and ioredis; see
// README.md.

import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { YANZHENG_URL, TOKEN_ISSUER = 'yanzheng', TOKEN_AUDIENCE = 'yanzheng', REDIS_URL, PORT } = process.env;
// As long as the service allows: a key that it no longer publishes is rejected after five minutes.
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', YANZHENG_URL), { cacheMaxAge: 300_000 });
const redis = new Redis(REDIS_URL);
const rules = {
  algorithms: ['ES256'],
  typ: 'mobile-verification+jwt',
  issuer: TOKEN_ISSUER,
  audience: TOKEN_AUDIENCE,
  requiredClaims: ['exp', 'jti', 'phone_number', 'purpose'],
};

/** Returns what the token proves. Throws if the token is invalid or spent. */
async function accept(token) {
  const { payload } = await jwtVerify(token, keys, rules);
  if (payload.phone_number_verified !== true) throw new Error('the phone number is not verified');
  if (payload.purpose !== 'REGISTER') throw new Error('the token has another purpose');
  const isFirst = await redis.set(`accepted:${payload.jti}`, 1, 'EXAT', payload.exp, 'NX');
  if (!isFirst) throw new Error('the token is spent');
  return { mobile: payload.phone_number, purpose: payload.purpose };
}

createServer(async ({ headers }, response) => {
  const token = headers.authorization?.replace('Bearer ', '') ?? '';
  const verification = await accept(token).catch(() => undefined);
  response.writeHead(verification ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(verification ?? { error: 'verify the mobile first' }));
}).listen(Number(PORT), '127.0.0.1');
