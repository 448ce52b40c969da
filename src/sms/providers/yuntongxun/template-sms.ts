// The call TemplateSMS of the REST API of Yuntongxun, version 2013-12-26: path, body and response.

/** Only the account is variable. */
export function templateSmsPath(accountSid: string): string {
  return `/2013-12-26/Accounts/${accountSid}/SMS/TemplateSMS`;
}

export interface TemplateSmsBody {
  /** Eleven digits, no country code. */
  readonly to: string;
  readonly appId: string;
  readonly templateId: string;
  /** Values of `{1}`, `{2}` … as strings: a number would lose the leading zeros of a code. */
  readonly datas: readonly string[];
  /** Our id of this attempt: at most 32 letters and digits, never used twice. */
  readonly reqId: string;
}

export interface TemplateSmsResponse {
  /** Six digits, `000000` for success. It counts, not the HTTP status: rejections have HTTP status 200. */
  readonly statusCode: string;
  /** Absent on success, and sometimes on failure. */
  readonly statusMsg: string | undefined;
  /** The id of the SMS in delivery reports. Present on success only. */
  readonly smsMessageSid: string | undefined;
}

/** @returns `undefined` for anything but a response: HTML, half a body, JSON without a status code. */
export function parseResponse(text: string): TemplateSmsResponse | undefined {
  const body = parseObject(text);
  const statusCode = body?.statusCode;
  if (typeof statusCode !== 'string') return undefined;
  // In JSON the key is templateSMS. Some gateways in front of the platform send TemplateSMS, as in its XML.
  const sms = asRecord(body?.templateSMS ?? body?.TemplateSMS);
  return { statusCode, statusMsg: asText(body?.statusMsg), smsMessageSid: asText(sms?.smsMessageSid) };
}

/** @returns `undefined` for anything but a JSON object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
