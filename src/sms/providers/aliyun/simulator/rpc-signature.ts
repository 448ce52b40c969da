// Signature version 1.0 of Aliyun's RPC style, HMAC-SHA1 ("RPC 风格请求签名机制"), which older programs use.

import { createHmac } from 'node:crypto';
import { encode, encodeParameters } from '../aliyun-signature.ts';

/** The signature in Base64 over all parameters except `Signature`. */
export function rpcSignatureOf(
  method: string,
  parameters: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  const { Signature: _, ...signed } = parameters;
  const toSign = `${method}&${encode('/')}&${encode(encodeParameters(signed))}`;
  return createHmac('sha1', `${accessKeySecret}&`).update(toSign).digest('base64');
}
