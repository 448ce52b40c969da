// An answer of `requestSmsCode` as text and back, for a request that comes again. The text holds no mobile, not even a
// masked one.

import { ServiceUnavailableError } from '../shared/dependency.ts';
import { type Mobile, maskMobile } from '../shared/mobile.ts';
import { type RequestSmsCodeAnswer, requestSmsCodeAnswers, SmsCodeSent } from './request-sms-code.schema.ts';

/** What to keep of an answer: the name of its type and its fields. */
export function recordOf(answer: RequestSmsCodeAnswer): string {
  // JSON leaves out what is undefined.
  const fields = answer instanceof SmsCodeSent ? { ...answer, mobile: undefined } : answer;
  return JSON.stringify({ type: answer.constructor.name, fields });
}

/** The answer again, of its own class. One whose type this version does not know is as good as none. */
export function answerOf(record: string, mobile: Mobile): RequestSmsCodeAnswer {
  const { type, fields } = JSON.parse(record);
  const known = requestSmsCodeAnswers.find(({ name }) => name === type);
  if (known === undefined) return new ServiceUnavailableError();
  if (known === SmsCodeSent) return new SmsCodeSent({ ...fields, mobile: maskMobile(mobile) });
  return Object.assign(Object.create(known.prototype), fields);
}
