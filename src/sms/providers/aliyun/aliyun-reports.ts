// Reads the delivery reports of Aliyun SMS ("SmsReport"): a JSON array with an element for each SMS.

import { instantOfChinaTime } from '../../../common/china-time.ts';
import {
  type DeliveryReport,
  printableReportCode,
  type ReportReader,
  type ReportRequest,
  type UndeliveredCause,
} from '../../delivery-report.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { causeOfReport } from './aliyun-report-codes.ts';

const MAX_ID_LENGTH = 128;
const ATTEMPT_ID = /^[A-Za-z0-9]{32}$/;

/** `pathSecret` is the end of the path: these reports are not signed. */
export function aliyunReports(pathSecret: string): ReportReader {
  return {
    pathSecret,
    read: readReports,
    acknowledge: () => ({ contentType: 'application/json', body: '{"code":0,"msg":"accepted"}' }),
  };
}

/** @returns `undefined` without any valid element: the platform then repeats the request after 1, 5 and 10 minutes. */
function readReports({ body }: ReportRequest): readonly DeliveryReport[] | undefined {
  const elements = parseJson(body);
  if (!Array.isArray(elements)) return undefined;
  const reports = elements.flatMap((element) => readElement(asRecord(element) ?? {}) ?? []);
  return reports.length > 0 ? reports : undefined;
}

function readElement(element: Readonly<Record<string, unknown>>): DeliveryReport | undefined {
  const messageId = identifierOf(element.biz_id);
  const outId = identifierOf(element.out_id);
  const attemptId = outId !== undefined && ATTEMPT_ID.test(outId) ? outId : undefined;
  if (messageId === undefined && attemptId === undefined) return undefined;
  const code = printableReportCode(element.err_code);
  const facts = { attemptId, messageId, mobile: mobileOf(element.phone_number), code };
  switch (element.success) {
    case true:
      return {
        ...facts,
        status: 'delivered',
        deliveredAtMs: instantOfChinaTime(String(element.report_time)),
      };
    case false:
      return { ...facts, status: 'undelivered', cause: causeOf(element.err_code, element.err_msg) };
    default:
      return undefined;
  }
}

function causeOf(code: unknown, message: unknown): UndeliveredCause {
  return causeOfReport(asText(code) ?? '', asText(message) ?? '');
}

function identifierOf(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= MAX_ID_LENGTH ? text : undefined;
}

function mobileOf(phoneNumber: unknown): string | undefined {
  return /^(?:\+86|0086|86)?(1\d{10})$/.exec(asText(phoneNumber) ?? '')?.[1];
}
