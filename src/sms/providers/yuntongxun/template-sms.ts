// The call TemplateSMS of Yuntongxun's REST API, version 2013-12-26: its path, its body, its answer.

/** The version and the path are fixed; only the account differs. */
export function templateSmsPath(accountSid: string): string {
  return `/2013-12-26/Accounts/${accountSid}/SMS/TemplateSMS`;
}

export interface TemplateSmsBody {
  /** Eleven digits, no country code. */
  readonly to: string;
  readonly appId: string;
  readonly templateId: string;
  /** Values of `{1}`, `{2}` …; strings, since a number would lose the zeros in front of a code. */
  readonly datas: readonly string[];
  /** Our id of this attempt, at most 32 letters and digits, never used twice. */
  readonly reqId: string;
}

export interface TemplateSmsAnswer {
  /** Six digits, `000000` for success. It decides on any HTTP status: refusals come with 200. */
  readonly statusCode: string;
  /** Absent on success, and sometimes on failure. */
  readonly statusMsg: string | undefined;
  /** Names the text in delivery reports; only on success. */
  readonly smsMessageSid: string | undefined;
}

/** Reads an answer; `undefined` if it is none: HTML, half a body, JSON without a status code. */
export function parseAnswer(text: string): TemplateSmsAnswer | undefined {
  const body = parseObject(text);
  const statusCode = body?.statusCode;
  if (typeof statusCode !== 'string') return undefined;
  // The key is templateSMS in JSON; the platform's XML spells it TemplateSMS, and so do some gateways in front of it.
  const sms = asRecord(body?.templateSMS ?? body?.TemplateSMS);
  return { statusCode, statusMsg: asText(body?.statusMsg), smsMessageSid: asText(sms?.smsMessageSid) };
}

/** Reads a JSON object; `undefined` for everything else. */
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
