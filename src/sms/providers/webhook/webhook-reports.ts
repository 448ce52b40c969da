// Reads the delivery reports of the operator's service: one JSON object for each request, signed like a send.

import {
  type DeliveryReport,
  printableReportCode,
  type ReportReader,
  type ReportRequest,
  type UndeliveredCause,
} from '../../delivery-report.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { isAuthenticWebhook } from './standard-webhooks.ts';

const CAUSES: readonly UndeliveredCause[] = [
  'recipient_unreachable',
  'recipient_invalid',
  'recipient_blocked',
  'limit',
  'content',
  'account',
  'carrier',
  'unspecified',
];

/** A repeated report is authentic for five minutes. It changes nothing: the state of a delivery only moves forward. */
export function webhookReports(key: Buffer): ReportReader {
  return {
    pathSecret: undefined,
    isAuthentic: ({ headers, body, receivedAtMs }) => isAuthenticWebhook(headers, body, key, receivedAtMs),
    read: readReport,
    acknowledge: () => ({ contentType: 'application/json', body: '{}' }),
  };
}

function readReport({ body }: ReportRequest): readonly DeliveryReport[] | undefined {
  const report = asRecord(parseJson(body));
  const type = asText(report?.type);
  if (report === undefined || type === undefined) return undefined;
  if (type !== 'code.report') return [];
  const attemptId = asText(report.id);
  if (attemptId === undefined || !/^[A-Za-z0-9]{32}$/.test(attemptId)) return undefined;
  const facts = { attemptId, messageId: undefined, mobile: undefined };
  switch (report.status) {
    case 'delivered':
      return [{ ...facts, code: 'delivered', status: 'delivered', deliveredAtMs: undefined }];
    case 'undelivered':
      return [
        {
          ...facts,
          code: printableReportCode(report.reason ?? 'undelivered'),
          status: 'undelivered',
          cause: CAUSES.find((cause) => cause === report.reason) ?? 'unspecified',
        },
      ];
    default:
      return undefined;
  }
}
