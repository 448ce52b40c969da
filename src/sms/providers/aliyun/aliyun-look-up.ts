// Asks Aliyun about an attempt whose outcome is unknown, through the call QuerySendDetails.

import { chinaTimestamp } from '../../../common/china-time.ts';
import { type Mobile, nationalNumber } from '../../../common/phone-number.ts';
import { SMS_DELIVERY_TIMEOUT_MAX_MS } from '../../../config/time-budgets.ts';
import type { LookUp, LookUpResult, PastAttempt } from '../../sms-sender.ts';
import { asRecord } from '../common/json-value.ts';
import { type AliyunApi, parseAnswer } from './aliyun-api.ts';
import { ACCEPTED } from './aliyun-codes.ts';

/** The largest that the platform allows. */
const PAGE_SIZE = 50;
/** One number gets at most 40 codes a day from all senders together, so further pages are rare. */
const MAX_PAGES = 3;

/** The field `SendStatus`: waiting for the report of the carrier, failed, delivered. */
const RESULTS: Readonly<Record<string, LookUpResult>> = { 1: 'accepted', 2: 'undelivered', 3: 'delivered' };

/** An SMS that is not found may still show up later: its absence means nothing. */
export function aliyunLookUp(api: AliyunApi): LookUp {
  return async (attempt, timeoutMs) => {
    const endMs = performance.now() + timeoutMs;
    for (const sendDate of possibleSendDates(attempt.startedAtMs)) {
      const row = await findRow(api, attempt, sendDate, endMs);
      if (row !== undefined) return resultOf(row.SendStatus);
    }
    return 'unknown';
  };
}

/** The days in China on which the platform may have received the attempt: two around midnight. */
function possibleSendDates(startedAtMs: number): ReadonlySet<string> {
  const dateOf = (instantMs: number) => chinaTimestamp(instantMs).slice(0, 'yyyyMMdd'.length);
  return new Set([dateOf(startedAtMs), dateOf(startedAtMs + SMS_DELIVERY_TIMEOUT_MAX_MS)]);
}

async function findRow(
  api: AliyunApi,
  { attemptId, mobile }: PastAttempt,
  sendDate: string,
  endMs: number,
): Promise<Row | undefined> {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const leftMs = Math.floor(endMs - performance.now());
    const rows = leftMs > 0 ? await readPage(api, { mobile, sendDate, page }, leftMs) : undefined;
    const row = rows?.find(({ OutId }) => OutId === attemptId);
    if (row !== undefined || rows === undefined || rows.length < PAGE_SIZE) return row;
  }
  return undefined;
}

type Row = Readonly<Record<string, unknown>>;

/** @returns `undefined` if there is no answer, or another one than a list. */
async function readPage(
  api: AliyunApi,
  { mobile, sendDate, page }: { readonly mobile: Mobile; readonly sendDate: string; readonly page: number },
  timeoutMs: number,
): Promise<readonly Row[] | undefined> {
  const parameters = {
    PhoneNumber: nationalNumber(mobile),
    SendDate: sendDate,
    PageSize: String(PAGE_SIZE),
    CurrentPage: String(page),
  };
  const exchange = await api.call('QuerySendDetails', parameters, timeoutMs);
  const answer = exchange.kind === 'answered' ? parseAnswer(exchange.text) : undefined;
  if (answer?.code !== ACCEPTED) return undefined;
  const rows = asRecord(answer.fields.SmsSendDetailDTOs)?.SmsSendDetailDTO;
  return Array.isArray(rows) ? rows.map((row) => asRecord(row) ?? {}) : undefined;
}

function resultOf(sendStatus: unknown): LookUpResult {
  const status = String(sendStatus);
  return (Object.hasOwn(RESULTS, status) && RESULTS[status]) || 'unknown';
}
