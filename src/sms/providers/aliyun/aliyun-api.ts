// The calls of Aliyun SMS, version 2017-05-25: signed POST requests, and answers with a code.

import { randomBytes } from 'node:crypto';
import { type ConnectionSettings, type Exchange, ProviderHttpClient } from '../common/http-client.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { authorizationOf, encodeParameters, sha256 } from './aliyun-signature.ts';

export const VERSION = '2017-05-25';
export type Action = 'SendSms' | 'QuerySendDetails';

const CONTENT_TYPE = 'application/x-www-form-urlencoded';

export interface AliyunAccount {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What all answers have in common. */
export interface AliyunAnswer {
  readonly code: string;
  readonly message: string;
  /** The body as a whole, for the fields of one action. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export class AliyunApi {
  private readonly http: ProviderHttpClient;

  constructor(private readonly settings: ConnectionSettings & AliyunAccount) {
    this.http = new ProviderHttpClient(settings);
  }

  /**
   * Calls an action once. Does not throw.
   * @param timeoutMs the limit of this call, if it is shorter than that of the settings.
   */
  call(action: Action, parameters: Readonly<Record<string, string>>, timeoutMs?: number): Promise<Exchange> {
    // In the body, not in the URL: proxies log URLs, and these have a mobile and a code.
    const body = encodeParameters(parameters);
    return this.http.post({ path: '/', headers: this.headersOf(action, body), body }, timeoutMs);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private headersOf(action: Action, body: string): Record<string, string> {
    const { accessKeyId, accessKeySecret } = this.settings;
    const headers = {
      'content-type': CONTENT_TYPE,
      'x-acs-action': action,
      'x-acs-version': VERSION,
      'x-acs-date': utcSecond(Date.now()),
      // The platform accepts each nonce once, so a request that someone recorded cannot be repeated.
      'x-acs-signature-nonce': randomBytes(16).toString('hex'),
      'x-acs-content-sha256': sha256(body),
    };
    const request = { method: 'POST', query: {}, headers: { ...headers, host: this.http.host }, body };
    return {
      ...headers,
      accept: 'application/json',
      authorization: authorizationOf(request, accessKeyId, accessKeySecret),
    };
  }
}

/** @returns `undefined` for anything but a JSON object with a code: HTML, half a body. */
export function parseAnswer(text: string): AliyunAnswer | undefined {
  const fields = asRecord(parseJson(text));
  const code = asText(fields?.Code);
  if (fields === undefined || code === undefined) return undefined;
  return { code, message: asText(fields.Message) ?? '', fields };
}

/** `yyyy-MM-ddTHH:mm:ssZ` in UTC. */
export function utcSecond(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}
