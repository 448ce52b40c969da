// The signature of a request to Aliyun: ACS3-HMAC-SHA256 of its OpenAPI ("V3 版本请求体 & 签名机制").

import { createHash, createHmac } from 'node:crypto';

export const ALGORITHM = 'ACS3-HMAC-SHA256';

/** What a signature covers. The path is `/`. */
export interface SignedRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  /** With names in lower case: `host`, `content-type` if there is a body, and all that begin with `x-acs-`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Percent-encodes as RFC 3986 does: only letters, digits and `-_.~` remain. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parameters as a query or as the body of a form, sorted by name. */
export function encodeParameters(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name] ?? '')}`)
    .join('&');
}

/** The SHA-256 of the canonical request in hexadecimal. */
export function canonicalRequestHash({ method, query, headers, body }: SignedRequest): string {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
  return sha256([method, '/', encodeParameters(query), lines, names.join(';'), sha256(body)].join('\n'));
}

/** The signature in hexadecimal. */
export function signatureOf(request: SignedRequest, accessKeySecret: string): string {
  const toSign = `${ALGORITHM}\n${canonicalRequestHash(request)}`;
  return createHmac('sha256', accessKeySecret).update(toSign).digest('hex');
}

/** The value of the header `Authorization`. */
export function authorizationOf(
  request: SignedRequest,
  accessKeyId: string,
  accessKeySecret: string,
): string {
  const names = Object.keys(request.headers).sort().join(';');
  const signature = signatureOf(request, accessKeySecret);
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
