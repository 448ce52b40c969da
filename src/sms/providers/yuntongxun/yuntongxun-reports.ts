// Reads the delivery reports of Yuntongxun ("短信状态报告"): one report in each request, as JSON or as XML.

import { instantOfChinaTime } from '../../../common/china-time.ts';
import {
  type DeliveryReport,
  printableReportCode,
  type ReportReader,
  type ReportRequest,
  type UndeliveredCause,
} from '../../delivery-report.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { parseFlatXml } from './flat-xml.ts';

/** The codes of carriers that are known from CMPP 2.0 and SMPP 3.4. Others are passed on as they are. */
const CAUSES: Readonly<Record<string, UndeliveredCause>> = {
  UNDELIV: 'recipient_unreachable',
  EXPIRED: 'recipient_unreachable',
  DELETED: 'recipient_unreachable',
  REJECTD: 'carrier',
  REJECTED: 'carrier',
  UNKNOWN: 'unspecified',
  MBBLACK: 'recipient_blocked',
  BLACK: 'recipient_blocked',
  NOROUTE: 'carrier',
  KEYWORD: 'content',
  SIGNERR: 'content',
};

const MESSAGE_ID = /^[\w-]{1,64}$/;
const ATTEMPT_ID = /^[A-Za-z0-9]{32}$/;
const IS_XML = /^\uFEFF?\s*</;

/** `pathSecret` is the end of the path: these reports are not signed. */
export function yuntongxunReports(pathSecret: string): ReportReader {
  return { pathSecret, read: readReports, acknowledge };
}

/** In the form of the request. The platform documents an answer for calls only, with this element in lower case. */
function acknowledge({ body }: ReportRequest) {
  return IS_XML.test(body)
    ? {
        contentType: 'application/xml; charset=utf-8',
        body: '<?xml version="1.0" encoding="utf-8"?><Response><statuscode>000000</statuscode></Response>',
      }
    : { contentType: 'application/json; charset=utf-8', body: '{"statuscode":"000000"}' };
}

function readReports({ body }: ReportRequest): readonly DeliveryReport[] | undefined {
  const fields = IS_XML.test(body) ? xmlFields(body) : jsonFields(body);
  if (fields?.action !== 'SMSArrived') return undefined;
  // 0 is an SMS that a person has sent to the number of the service.
  if (fields.smsType === '0') return [];
  const report = fields.smsType === '1' ? readReport(fields) : undefined;
  return report && [report];
}

type Fields = Readonly<Record<string, unknown>>;

function readReport(fields: Fields): DeliveryReport | undefined {
  const messageId = matching(fields.content, MESSAGE_ID);
  const attemptId = matching(fields.reqId, ATTEMPT_ID);
  const status = asText(fields.status);
  if (status === undefined || (messageId === undefined && attemptId === undefined)) return undefined;
  const facts = {
    attemptId,
    messageId,
    mobile: asText(fields.fromNum),
    code: printableReportCode(fields.deliverCode ?? status),
  };
  return status === '0'
    ? { ...facts, status: 'delivered', deliveredAtMs: instantOfChinaTime(String(fields.recvTime)) }
    : { ...facts, status: 'undelivered', cause: causeOf(fields.deliverCode) };
}

function causeOf(deliverCode: unknown): UndeliveredCause {
  const code = String(deliverCode);
  return (Object.hasOwn(CAUSES, code) && CAUSES[code]) || 'unspecified';
}

function jsonFields(body: string): Fields | undefined {
  return asRecord(asRecord(parseJson(body))?.Request);
}

/** Each element occurs once. */
function xmlFields(body: string): Fields | undefined {
  const contents = parseFlatXml(body);
  return contents && Object.fromEntries(Object.entries(contents).map(([name, [text]]) => [name, text]));
}

function matching(value: unknown, form: RegExp): string | undefined {
  const text = asText(value);
  return text !== undefined && form.test(text) ? text : undefined;
}
