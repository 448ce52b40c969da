// The simulated call QuerySendDetails: what the platform accepted for a number on one day.

import { chinaTimestamp } from '../../../../common/china-time.ts';
import type { AcceptedSms, GatewayResponse } from '../../../simulator/provider-simulation.ts';
import { ACCEPTED } from '../aliyun-codes.ts';
import { answerWithResult } from './answers.ts';

const MAX_PAGE_SIZE = 50;
const SEND_STATUS = { waiting: 1, undelivered: 2, delivered: 3 } as const;
const ERROR_CODES = { waiting: '', undelivered: 'MOBILE_NOT_ON_SERVICE', delivered: 'DELIVERED' } as const;

export function answerSendDetails(
  parameters: Readonly<Record<string, string>>,
  sentTo: (mobile: string) => readonly AcceptedSms[],
): GatewayResponse {
  const { PhoneNumber = '', SendDate, BizId } = parameters;
  const pageSize = Number(parameters.PageSize);
  const currentPage = Number(parameters.CurrentPage);
  const isPage = Number.isInteger(pageSize) && Number.isInteger(currentPage) && currentPage >= 1;
  if (!isPage || pageSize < 1 || pageSize > MAX_PAGE_SIZE)
    return answerWithResult('isv.INVALID_PARAMETERS', '参数异常');
  const found = sentTo(PhoneNumber).filter(
    ({ acceptedAtMs, messageId }) =>
      chinaTimestamp(acceptedAtMs).startsWith(SendDate ?? '') && (!BizId || BizId === messageId),
  );
  const page = found.slice((currentPage - 1) * pageSize, currentPage * pageSize);
  const details = { SmsSendDetailDTOs: { SmsSendDetailDTO: page.map(detailOf) } };
  return answerWithResult(ACCEPTED, 'OK', { TotalCount: String(found.length), ...details });
}

/** A time as the platform writes it: `yyyy-MM-dd HH:mm:ss` in China. */
export function writtenTime(instantMs: number): string {
  return chinaTimestamp(instantMs).replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6');
}

function detailOf({ mobile, text, attemptId = '', acceptedAtMs, state }: AcceptedSms) {
  return {
    PhoneNum: mobile,
    Content: text,
    OutId: attemptId,
    SendDate: writtenTime(acceptedAtMs),
    SendStatus: SEND_STATUS[state],
    ErrCode: ERROR_CODES[state],
  };
}
