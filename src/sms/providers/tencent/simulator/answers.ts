// The answers of the simulated platform, in the form of SendSms. All have HTTP status 200, errors too.

import { randomUUID } from 'node:crypto';
import type { GatewayResponse } from '../../../simulator/provider-simulation.ts';

/** An error of the request as a whole. */
export interface RequestError {
  readonly Code: string;
  readonly Message: string;
}

/** What happened to the SMS for one number. */
export interface SendStatus extends RequestError {
  /** E.164. */
  readonly PhoneNumber: string;
  readonly SessionContext: string;
  /** Empty if the SMS is rejected. */
  readonly SerialNo: string;
  /** How many SMS are charged. */
  readonly Fee: number;
}

export function answerWithError(error: RequestError): GatewayResponse {
  return answer({ Error: error });
}

export function answerWithStatus(status: SendStatus): GatewayResponse {
  return answer({ SendStatusSet: [{ ...status, IsoCode: status.Fee > 0 ? 'CN' : '' }] });
}

function answer(fields: object): GatewayResponse {
  const body = JSON.stringify({ Response: { ...fields, RequestId: randomUUID() } });
  return { status: 200, contentType: 'application/json', body };
}
