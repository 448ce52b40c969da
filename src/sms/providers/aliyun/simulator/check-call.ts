// The checks of the simulated gateway before the SMS service: action, clock, nonce and signature.

import { type AliyunAccount, VERSION } from '../aliyun-api.ts';
import { type GatewayError, gatewayError } from './answers.ts';
import type { Call } from './call.ts';

const CLOCK_TOLERANCE_MS = 15 * 60 * 1000;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The parameters that an action requires. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  SendSms: ['PhoneNumbers', 'SignName', 'TemplateCode'],
  QuerySendDetails: ['PhoneNumber', 'SendDate', 'PageSize', 'CurrentPage'],
};

/** The nonces that the gateway has seen. It accepts each one once. */
export class Nonces {
  private readonly seenAtMs = new Map<string, number>();

  /** @returns whether the nonce is new. */
  use(nonce: string, nowMs: number): boolean {
    // After twice the tolerance of the clock the timestamp of a copy has expired.
    for (const [old, atMs] of this.seenAtMs)
      if (nowMs - atMs > 2 * CLOCK_TOLERANCE_MS) this.seenAtMs.delete(old);
    if (this.seenAtMs.has(nonce)) return false;
    this.seenAtMs.set(nonce, nowMs);
    return true;
  }
}

/** @returns the first error, or `undefined` for a complete call of this account. */
export function checkCall(
  call: Call,
  account: AliyunAccount,
  nonces: Nonces,
  nowMs: number,
): GatewayError | undefined {
  return (
    checkAction(call) ??
    checkTimestamp(call.timestamp, nowMs) ??
    checkNonce(call.nonce, nonces, nowMs) ??
    checkSignature(call, account)
  );
}

function checkAction({ action, version, accessKeyId, parameters }: Call): GatewayError | undefined {
  if (version === '') return missing('Version');
  if (version !== VERSION) return gatewayError(400, 'InvalidVersion', 'The version does not exist.');
  const required = Object.hasOwn(REQUIRED, action) ? REQUIRED[action] : undefined;
  if (required === undefined)
    return gatewayError(404, 'InvalidAction.NotFound', 'The action does not exist.');
  if (accessKeyId === '') return missing('AccessKeyId');
  const name = required.find((parameter) => !parameters[parameter]);
  return name === undefined ? undefined : missing(name);
}

function checkTimestamp(timestamp: string, nowMs: number): GatewayError | undefined {
  if (timestamp === '') return missing('Timestamp');
  const instantMs = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(instantMs))
    return gatewayError(400, 'InvalidTimeStamp.Format', 'The timestamp has another form.');
  return Math.abs(nowMs - instantMs) > CLOCK_TOLERANCE_MS
    ? gatewayError(400, 'InvalidTimeStamp.Expired', 'The timestamp differs by more than 15 minutes.')
    : undefined;
}

function checkNonce(nonce: string, nonces: Nonces, nowMs: number): GatewayError | undefined {
  if (nonce === '') return missing('SignatureNonce');
  return nonces.use(nonce, nowMs)
    ? undefined
    : gatewayError(400, 'SignatureNonceUsed', 'The nonce has been used before.');
}

function checkSignature(call: Call, account: AliyunAccount): GatewayError | undefined {
  if (call.accessKeyId !== account.accessKeyId)
    return gatewayError(404, 'InvalidAccessKeyId.NotFound', 'The AccessKeyId does not exist.');
  return call.signature !== '' && call.expectedSignature(account.accessKeySecret) === call.signature
    ? undefined
    : gatewayError(400, 'SignatureDoesNotMatch', 'The signature does not match.');
}

function missing(name: string): GatewayError {
  return gatewayError(400, `Missing${name}`, `The request is missing the parameter ${name}.`);
}
