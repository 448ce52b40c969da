// The signature of a request to Tencent Cloud: TC3-HMAC-SHA256 of the API 3.0 ("签名方法 v3").

import { createHash, createHmac } from 'node:crypto';

export const ALGORITHM = 'TC3-HMAC-SHA256';
/** The last part of each credential scope. */
export const SCOPE_END = 'tc3_request';

/** What a signature covers. The method is POST, the path is `/`, and there is no query. */
export interface SignedRequest {
  /** As in the header `X-TC-Timestamp`. The platform accepts it for five minutes. */
  readonly timestampSeconds: number;
  readonly service: string;
  /** Sorted by name. The platform requires `content-type` and `host`, and signs values in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The signature in hexadecimal. */
export function signatureOf(request: SignedRequest, secretKey: string): string {
  const { timestampSeconds, service, body } = request;
  const headers = request.headers.map(([name, value]) => `${name}:${value.trim().toLowerCase()}\n`).join('');
  const canonicalRequest = ['POST', '/', '', headers, signedHeaders(request), sha256(body)].join('\n');
  const date = utcDate(timestampSeconds);
  const scope = `${date}/${service}/${SCOPE_END}`;
  const toSign = [ALGORITHM, timestampSeconds, scope, sha256(canonicalRequest)].join('\n');
  const key = [date, service, SCOPE_END].reduce<Buffer>(hmac, Buffer.from(`TC3${secretKey}`));
  return hmac(key, toSign).toString('hex');
}

/** The value of the header `Authorization`. */
export function authorizationOf(request: SignedRequest, secretId: string, secretKey: string): string {
  const credential = `${secretId}/${utcDate(request.timestampSeconds)}/${request.service}/${SCOPE_END}`;
  const signature = signatureOf(request, secretKey);
  return `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedHeaders(request)}, Signature=${signature}`;
}

/** `yyyy-MM-dd` in UTC, not in China time. */
export function utcDate(timestampSeconds: number): string {
  return new Date(timestampSeconds * 1000).toISOString().slice(0, 10);
}

function signedHeaders({ headers }: SignedRequest): string {
  return headers.map(([name]) => name).join(';');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
