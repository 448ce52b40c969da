// The call SendSms of Tencent Cloud SMS, version 2021-01-11: headers, body and response.

import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { authorizationOf } from './tencent-signature.ts';

export const ACTION = 'SendSms';
export const VERSION = '2021-01-11';
export const SERVICE = 'sms';
const CONTENT_TYPE = 'application/json';

/** The account, and where its requests go. */
export interface TencentAccount {
  readonly secretId: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The order of the fields is that of the API reference. */
export interface SendSmsBody {
  /** E.164. One number, so that the answer has one status. */
  readonly PhoneNumberSet: readonly [string];
  readonly SmsSdkAppId: string;
  readonly SignName: string;
  readonly TemplateId: string;
  /** Values of `{1}`, `{2}` …. In a template for codes each has at most six digits and nothing else. */
  readonly TemplateParamSet: readonly string[];
  /** Our id of the attempt. The platform returns it in the answer, and in reports if its support has turned that on. */
  readonly SessionContext: string;
}

/** The status of the only number, or the error of the request. Both have the same kind of code. */
export interface SendSmsResult {
  readonly code: string;
  readonly message: string;
  /** The id of the SMS in delivery reports. Present on success only. */
  readonly serialNo: string | undefined;
}

/** The headers of a request with this body, signed for this host (`host:port`) and this second. */
export function sendSmsHeaders(
  { secretId, secretKey, region }: TencentAccount,
  host: string,
  body: string,
  timestampSeconds: number,
): Record<string, string> {
  const headers = [
    ['content-type', CONTENT_TYPE],
    ['host', host],
  ] as const;
  const request = { timestampSeconds, service: SERVICE, headers, body };
  return {
    'content-type': CONTENT_TYPE,
    'x-tc-action': ACTION,
    'x-tc-version': VERSION,
    'x-tc-region': region,
    'x-tc-timestamp': String(timestampSeconds),
    authorization: authorizationOf(request, secretId, secretKey),
  };
}

/** @returns `undefined` for anything but an answer about one number: HTML, half a body, JSON without a code. */
export function parseSendSmsResponse(text: string): SendSmsResult | undefined {
  const response = asRecord(asRecord(parseJson(text))?.Response);
  const statuses = response?.SendStatusSet;
  if (Array.isArray(statuses) && statuses.length > 1) return undefined;
  // A status comes first: it may say that the SMS was accepted, which no error may hide.
  const result = asRecord(Array.isArray(statuses) ? statuses[0] : undefined) ?? asRecord(response?.Error);
  const code = asText(result?.Code);
  if (code === undefined) return undefined;
  return { code, message: asText(result?.Message) ?? '', serialNo: asText(result?.SerialNo) };
}
