// Reads the delivery reports of Tencent Cloud SMS ("短信下发状态通知"): a JSON array with a row for each SMS.

import { instantOfChinaTime } from '../../../common/china-time.ts';
import {
  type DeliveryReport,
  printableReportCode,
  type ReportReader,
  type ReportRequest,
  type UndeliveredCause,
} from '../../delivery-report.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';

/** The documented codes of `errmsg`. Carriers send further ones. */
const CAUSES: Readonly<Record<string, UndeliveredCause>> = {
  UNDELIV: 'recipient_unreachable', // powered off, out of service
  EXPIRED: 'recipient_unreachable', // not reached in time
  DELETED: 'recipient_unreachable', // the phone could not store it
  SUBFAIL: 'recipient_invalid', // the carrier does not accept the number
  REJECTD: 'content', // sensitive words, or a content or signature that is not registered
  COMFAIL: 'carrier', // no connection to the carrier
  WTNFAIL: 'carrier', // the network of the carrier failed
  UNKNOWN: 'unspecified',
};

const MAX_ID_LENGTH = 128;
const ATTEMPT_ID = /^[A-Za-z0-9]{32}$/;

/** `pathSecret` is the end of the path: these reports are not signed. */
export function tencentReports(pathSecret: string): ReportReader {
  return {
    pathSecret,
    read: readReports,
    acknowledge: () => ({ contentType: 'application/json', body: '{"result":0,"errmsg":"OK"}' }),
  };
}

/** @returns `undefined` without any valid row: the platform then repeats the request, which is documented to happen twice. */
function readReports({ body }: ReportRequest): readonly DeliveryReport[] | undefined {
  const rows = parseJson(body);
  if (!Array.isArray(rows)) return undefined;
  const reports = rows.flatMap((row) => readRow(asRecord(row) ?? {}) ?? []);
  return reports.length > 0 ? reports : undefined;
}

function readRow(row: Readonly<Record<string, unknown>>): DeliveryReport | undefined {
  const messageId = identifierOf(row.sid);
  const ext = identifierOf(row.ext);
  const attemptId = ext !== undefined && ATTEMPT_ID.test(ext) ? ext : undefined;
  if (messageId === undefined && attemptId === undefined) return undefined;
  const facts = { attemptId, messageId, mobile: mobileOf(row), code: printableReportCode(row.errmsg) };
  switch (row.report_status) {
    case 'SUCCESS':
      return {
        ...facts,
        status: 'delivered',
        deliveredAtMs: instantOfChinaTime(String(row.user_receive_time)),
      };
    case 'FAIL':
      return { ...facts, status: 'undelivered', cause: causeOf(row.errmsg) };
    default:
      return undefined;
  }
}

function causeOf(errmsg: unknown): UndeliveredCause {
  const code = String(errmsg);
  return (Object.hasOwn(CAUSES, code) && CAUSES[code]) || 'unspecified';
}

function identifierOf(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH ? text : undefined;
}

/** The number comes without its country code. */
function mobileOf({ mobile, nationcode }: Readonly<Record<string, unknown>>): string | undefined {
  const text = asText(mobile);
  return nationcode === '86' && text !== undefined && /^1\d{10}$/.test(text) ? text : undefined;
}
