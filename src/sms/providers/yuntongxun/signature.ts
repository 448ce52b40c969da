// The signature of a request to Yuntongxun (REST API 2013-12-26, "模板短信").

import { createHash } from 'node:crypto';

export interface Signature {
  /** Query parameter: upper-case MD5 of account, token and timestamp. The protocol prescribes MD5. */
  readonly sig: string;
  /** Header `Authorization`: Base64 of account and timestamp, without a scheme. */
  readonly authorization: string;
}

/** `timestamp` comes from `chinaTimestamp` and is the same for both parts. The platform accepts it for 24 hours. */
export function sign(accountSid: string, authToken: string, timestamp: string): Signature {
  return {
    sig: createHash('md5').update(`${accountSid}${authToken}${timestamp}`).digest('hex').toUpperCase(),
    authorization: Buffer.from(`${accountSid}:${timestamp}`).toString('base64'),
  };
}
