// The forms of TemplateSMS: requests in JSON or XML, as leniently as the platform reads them, and answers in both.

import { asRecord } from '../../common/json-value.ts';
import { parseFlatXml } from '../flat-xml.ts';
import { parseObject, type TemplateSmsBody } from '../template-sms.ts';

type Body = Partial<Record<keyof TemplateSmsBody, unknown>>;

/**
 * The platform accepts what its own SDKs send: single quotes, a comma after the last item, numbers instead of strings, and
 * XML with any root.
 * @returns `undefined` for anything else.
 */
export function readTemplateSms(body: string): Body | undefined {
  return body.trimStart().startsWith('<') ? readXml(body) : readJson(body);
}

function readJson(body: string): Body | undefined {
  const lenient = body.replaceAll("'", '"').replace(/,\s*([\]}])/g, '$1');
  const fields = asRecord(parseObject(body) ?? parseObject(lenient));
  return fields && { ...fields, to: textOf(fields.to) };
}

function readXml(body: string): Body | undefined {
  const contents = parseFlatXml(body);
  if (contents === undefined) return undefined;
  const { to, appId, templateId, data, reqId } = contents;
  return {
    to: to?.[0],
    appId: appId?.[0],
    templateId: templateId?.[0],
    datas: data,
    ...(reqId && { reqId: reqId[0] }),
  };
}

/** A number is accepted where the documentation says text. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

export interface AnswerFacts {
  readonly statusCode: string;
  readonly statusMsg?: string;
  readonly sms?: { readonly smsMessageSid: string; readonly dateCreated: string };
}

/** In XML the element is TemplateSMS, in JSON the key is templateSMS. */
export function writeAnswer({ statusCode, statusMsg, sms }: AnswerFacts, isXml: boolean) {
  if (!isXml)
    return {
      contentType: 'application/json;charset=utf-8',
      body: JSON.stringify({ statusCode, statusMsg, templateSMS: sms }),
    };
  const elements = [
    element('statusCode', statusCode),
    statusMsg === undefined ? '' : element('statusMsg', statusMsg),
    sms === undefined
      ? ''
      : `<TemplateSMS>${element('smsMessageSid', sms.smsMessageSid)}${element('dateCreated', sms.dateCreated)}</TemplateSMS>`,
  ];
  return {
    contentType: 'application/xml;charset=utf-8',
    body: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Response>${elements.join('')}</Response>`,
  };
}

/** The values of the simulator need no escapes. */
function element(name: string, text: string): string {
  return `<${name}>${text}</${name}>`;
}
