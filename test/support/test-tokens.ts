// Tokens that an attacker or another instance of the service would make.

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

/** The claims of a token of the service for registration. */
export function validClaims(mobile: string): Json {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: 'yanzheng',
    aud: 'yanzheng',
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    purpose: 'REGISTER',
    phone_number: `+86${mobile}`,
    phone_number_verified: true,
  };
}

/** The header of a token of the service. */
export function validHeader(kid: string): Json {
  return { alg: 'ES256', typ: 'mobile-verification+jwt', kid };
}

const segment = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function es256(header: Json, claims: Json, key: KeyObject): string {
  const signed = `${segment(header)}.${segment(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

export function hs256(header: Json, claims: Json, secret: string): string {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export function unsigned(header: Json, claims: Json): string {
  return `${segment(header)}.${segment(claims)}.`;
}

/** Header and claims of a token, without a check of its signature. */
export function decodeToken(token: unknown): { header: Json; claims: Json } {
  const [header = '', claims = ''] = String(token)
    .split('.')
    .map((text) => Buffer.from(text, 'base64url').toString());
  return { header: JSON.parse(header), claims: JSON.parse(claims) };
}
