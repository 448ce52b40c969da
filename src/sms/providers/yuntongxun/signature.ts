// How a request to Yuntongxun proves who sends it (REST API 2013-12-26, "模板短信").

import { createHash } from 'node:crypto';

export interface Signature {
  /** Query parameter: upper-case MD5 of account, token and timestamp. MD5 is the protocol's choice, not ours. */
  readonly sig: string;
  /** Header: Base64 of account and timestamp, without a scheme in front. */
  readonly authorization: string;
}

/** `timestamp` comes from `chinaTimestamp`, the same one for both parts; the platform takes it for 24 hours. */
export function sign(accountSid: string, authToken: string, timestamp: string): Signature {
  return {
    sig: createHash('md5').update(`${accountSid}${authToken}${timestamp}`).digest('hex').toUpperCase(),
    authorization: Buffer.from(`${accountSid}:${timestamp}`).toString('base64'),
  };
}

/** China has had one zone and no summer time since 1991. */
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** `yyyyMMddHHmmss` in Asia/Shanghai, whatever the host's zone is. */
export function chinaTimestamp(instantMs: number): string {
  return new Date(instantMs + CHINA_OFFSET_MS).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Seconds until the next midnight in China, when the platform's daily limits start anew. */
export function secondsUntilChinaMidnight(instantMs: number): number {
  const dayMs = 24 * 60 * 60 * 1000;
  return Math.ceil((dayMs - ((instantMs + CHINA_OFFSET_MS) % dayMs)) / 1000);
}
