// Tokens as an attacker, or another instance of the service, would make them.

import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly privatePem: string;
  readonly publicPem: string;
}

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    privateKey,
    publicKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

type Json = Record<string, unknown>;

/** What the service would put into a token for registration. */
export function goodClaims(mobile: string): Json {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: 'yanzheng',
    aud: 'yanzheng',
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    purpose: 'REGISTER',
    mobile: `+86${mobile}`,
  };
}

export function goodHeader(kid: string): Json {
  return { alg: 'ES256', typ: 'mobile-verification+jwt', kid };
}

const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function es256(header: Json, claims: Json, key: KeyObject): string {
  const signed = `${part(header)}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

export function hs256(header: Json, claims: Json, secret: string): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export function unsigned(header: Json, claims: Json): string {
  return `${part(header)}.${part(claims)}.`;
}

/** What a token says; whether it is true is somebody else's question. */
export function readToken(token: unknown): { header: Json; claims: Json } {
  const [header = '', claims = ''] = String(token)
    .split('.')
    .map((text) => Buffer.from(text, 'base64url').toString());
  return { header: JSON.parse(header), claims: JSON.parse(claims) };
}
