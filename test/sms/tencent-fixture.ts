// The account, the answers and the senders of the Tencent Cloud tests.

import { TencentSender, type TencentSettings } from '../../src/sms/providers/tencent/tencent-sender.ts';

export const SECRET_ID = 'AKIDtestSecretId';
export const SECRET_KEY = 'testSecretKey';

/** The same account as environment variables. */
export const TENCENT_ENVIRONMENT = {
  TENCENT_SECRET_ID: SECRET_ID,
  TENCENT_SECRET_KEY: SECRET_KEY,
  TENCENT_SDK_APP_ID: '1400006666',
  TENCENT_SIGN_NAME: '腾讯云',
  TENCENT_TEMPLATE_ID: '1110',
};

export const SERIAL_NO = '5000:1045710669157053657849499619';

export function createTencentSender(baseUrl: string, changes: Partial<TencentSettings> = {}): TencentSender {
  return new TencentSender({
    secretId: SECRET_ID,
    secretKey: SECRET_KEY,
    region: 'ap-guangzhou',
    sdkAppId: '1400006666',
    signName: '腾讯云',
    templateId: '1110',
    baseUrl,
    timeoutMs: 5000,
    connections: 4,
    ...changes,
  });
}

/** An answer with the status of one number. */
export function statusAnswer(Code: string, changes: object = {}) {
  return {
    Response: {
      SendStatusSet: [
        {
          SerialNo: Code === 'Ok' ? SERIAL_NO : '',
          PhoneNumber: '+8613800138000',
          Fee: Code === 'Ok' ? 1 : 0,
          SessionContext: '',
          Code,
          Message: Code === 'Ok' ? 'send success' : '短信',
          IsoCode: 'CN',
          ...changes,
        },
      ],
      RequestId: 'a0aabda6-cf91-4f3e-a81f-9198114a2279',
    },
  };
}

/** An answer with an error of the request. */
export function errorAnswer(Code: string, Message = '短信') {
  return { Response: { Error: { Code, Message }, RequestId: 'a0aabda6-cf91-4f3e-a81f-9198114a2279' } };
}
