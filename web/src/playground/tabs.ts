// The tabs of the first visit, in the order of a verification.

import { localized } from './comments.ts';
import imageCaptcha from './tabs/1-captcha.graphql?raw';
import requestSmsCode from './tabs/2-request.graphql?raw';
import verifySmsCode from './tabs/3-verify.graphql?raw';
import registerUser from './tabs/4-register.graphql?raw';
import smsDelivery from './tabs/5-delivery.graphql?raw';

const MOBILE = '139 0013 9000';

/** The name of the operation is also the title of the tab. */
export const TABS = {
  ImageCaptcha: { query: localized('ImageCaptcha', imageCaptcha), variables: null },
  RequestSmsCode: {
    query: localized('RequestSmsCode', requestSmsCode),
    variables: input({ mobile: MOBILE, captchaId: '', captchaAnswer: '', purpose: 'REGISTER' }),
  },
  VerifySmsCode: {
    query: localized('VerifySmsCode', verifySmsCode),
    variables: input({ mobile: MOBILE, code: '', purpose: 'REGISTER' }),
  },
  RegisterUser: {
    query: localized('RegisterUser', registerUser),
    variables: input({ verificationToken: '' }),
  },
  SmsDelivery: { query: localized('SmsDelivery', smsDelivery), variables: json({ id: '' }) },
};

export type OperationName = keyof typeof TABS;

function input(fields: Record<string, string>): string {
  return json({ input: fields });
}

function json(variables: object): string {
  return JSON.stringify(variables, null, 2);
}
