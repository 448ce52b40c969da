// The answers of the simulated platform: of the SMS service with HTTP status 200, and of the gateway before it with 4xx.

import { randomUUID } from 'node:crypto';
import type { GatewayResponse } from '../../../simulator/provider-simulation.ts';

/** A rejection by the gateway: of the signature, the action or a missing parameter. */
export interface GatewayError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export function gatewayError(status: number, code: string, message: string): GatewayError {
  return { status, code, message };
}

/** `host` is the header of the request. */
export function answerWithGatewayError({ status, code, message }: GatewayError, host = ''): GatewayResponse {
  const requestId = randomUUID().toUpperCase();
  const details = { RequestId: requestId, HostId: host, Recommend: `https://example.com/${code}` };
  return answer(status, { Code: code, Message: message, ...details });
}

/** An answer of the SMS service. `Code` says whether the call had success. */
export function answerWithResult(Code: string, Message: string, fields: object = {}): GatewayResponse {
  return answer(200, { Code, Message, RequestId: randomUUID().toUpperCase(), ...fields });
}

function answer(status: number, body: object): GatewayResponse {
  return { status, contentType: 'application/json;charset=utf-8', body: JSON.stringify(body) };
}
