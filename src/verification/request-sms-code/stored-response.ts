// An answer of `requestSmsCode` as text and back, for a request that comes again. The text holds no mobile, not even a
// masked one.

import { ServiceUnavailableError } from '../../common/dependency.ts';
import { type Mobile, maskMobile } from '../../common/phone-number.ts';
import { type RequestSmsCodeAnswer, requestSmsCodeAnswers, SmsCodeSent } from './request-sms-code.schema.ts';

/** What to keep of an answer: the name of its type, its fields, and when it was given. */
export function recordOf(answer: RequestSmsCodeAnswer, nowMs: number): string {
  // JSON leaves out what is undefined.
  const fields = answer instanceof SmsCodeSent ? { ...answer, mobile: undefined } : answer;
  return JSON.stringify({ type: answer.constructor.name, fields, atMs: nowMs });
}

/**
 * The answer again, of its own class, with as many seconds less as have passed since. One whose type this version does
 * not know is as good as none.
 */
export function answerOf(record: string, mobile: Mobile, nowMs: number): RequestSmsCodeAnswer {
  const { type, fields: then, atMs } = JSON.parse(record);
  const fields = aged(then, Math.floor((nowMs - atMs) / 1000));
  const known = requestSmsCodeAnswers.find(({ name }) => name === type);
  if (known === undefined) return new ServiceUnavailableError();
  if (known === SmsCodeSent) return new SmsCodeSent({ ...fields, mobile: maskMobile(mobile) });
  return Object.assign(Object.create(known.prototype), fields);
}

/** Every duration ends in its unit. No less than one second: an answer that was right a moment ago asks for patience. */
function aged<Fields extends object>(fields: Fields, seconds: number): Fields {
  const older = ([name, value]: [string, unknown]): [string, unknown] =>
    name.endsWith('Seconds') && typeof value === 'number'
      ? [name, Math.min(value, Math.max(1, value - seconds))]
      : [name, value];
  return Object.fromEntries(Object.entries(fields).map(older)) as Fields;
}
