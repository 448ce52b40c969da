// SMS for the tests of senders.

import { randomBytes } from 'node:crypto';
import type { Mobile } from '../../src/common/phone-number.ts';
import type { SmsMessage } from '../../src/sms/sms-sender.ts';

/** A message with an attempt id of its own. */
export function smsMessage(fields: Partial<SmsMessage> = {}): SmsMessage {
  return {
    attemptId: randomBytes(16).toString('hex'),
    mobile: '+8613800138000' as Mobile,
    code: '007042',
    validForMinutes: 5,
    purpose: 'REGISTER',
    ...fields,
  };
}
