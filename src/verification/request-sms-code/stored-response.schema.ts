// The form in which responses of `requestSmsCode` are stored for replays. It contains no mobile, not even a masked one.

import { type Mobile, maskMobile } from '../../common/phone-number.ts';
import { ServiceUnavailableError } from '../../errors/service-unavailable.ts';
import {
  type RequestSmsCodeResponse,
  requestSmsCodeResponses,
  SmsCodeSent,
} from './request-sms-code.schema.ts';

/** Keeps the name of the type, its fields, and the time of the response. */
export function serializeResponse(response: RequestSmsCodeResponse, nowMs: number): string {
  // JSON.stringify drops undefined values.
  const fields = response instanceof SmsCodeSent ? { ...response, mobile: undefined } : response;
  return JSON.stringify({ type: response.constructor.name, fields, storedAtMs: nowMs });
}

/**
 * Restores an instance of the same class, with all `…Seconds` fields reduced by the time that has passed. A type that
 * this version does not know becomes `ServiceUnavailableError`.
 */
export function deserializeResponse(stored: string, mobile: Mobile, nowMs: number): RequestSmsCodeResponse {
  const { type, fields: storedFields, storedAtMs } = JSON.parse(stored);
  const fields = reduceSeconds(storedFields, Math.floor((nowMs - storedAtMs) / 1000));
  const responseClass = requestSmsCodeResponses.find(({ name }) => name === type);
  if (responseClass === undefined) return new ServiceUnavailableError();
  if (responseClass === SmsCodeSent) return new SmsCodeSent({ ...fields, mobile: maskMobile(mobile) });
  return Object.assign(Object.create(responseClass.prototype), fields);
}

/** Never below one second, so a client that retries waits at least a moment. Negative clock skew adds nothing. */
function reduceSeconds<Fields extends object>(fields: Fields, elapsedSeconds: number): Fields {
  const reduce = ([name, value]: [string, unknown]): [string, unknown] =>
    name.endsWith('Seconds') && typeof value === 'number'
      ? [name, Math.min(value, Math.max(1, value - elapsedSeconds))]
      : [name, value];
  return Object.fromEntries(Object.entries(fields).map(reduce)) as Fields;
}
