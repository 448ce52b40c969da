// Makes what a provider answers printable in the log: bounded, and without what an answer may echo.

import { nationalNumber } from '../../../common/phone-number.ts';
import type { SmsMessage } from '../../sms-sender.ts';

/** Ids of the known providers have at most 40 characters. */
const MAX_ID_LENGTH = 64;
const MAX_TEXT_LENGTH = 100;

/** The id of an SMS, without its code or mobile if a gateway echoes them. */
export function printableId(messageId: string, { code, mobile }: SmsMessage): string {
  return messageId.replaceAll(nationalNumber(mobile), '…').replaceAll(code, '…').slice(0, MAX_ID_LENGTH);
}

/** The code of an answer, if it has the documented form. */
export function printableCode(code: string, form: RegExp): string {
  return form.test(code) && code.length <= MAX_TEXT_LENGTH ? code : 'of another form';
}

/** The sentence of an answer: short, and without any mobile, code or credential. */
export function redactedText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).replace(/[0-9A-Za-z+/=_-]{4,}/g, '…');
}
