// The account, the answers and the senders of the Aliyun tests.

import { AliyunApi } from '../../src/sms/providers/aliyun/aliyun-api.ts';
import { AliyunSender } from '../../src/sms/providers/aliyun/aliyun-sender.ts';

export const ACCESS_KEY_ID = 'testAccessKeyId';
export const ACCESS_KEY_SECRET = 'testAccessKeySecret';
export const SIGN_NAME = '阿里云短信测试';
export const TEMPLATE_CODE = 'SMS_154950909';
export const BIZ_ID = '900619746936498440^0';

/** The same account as environment variables. */
export const ALIYUN_ENVIRONMENT = {
  ALIYUN_ACCESS_KEY_ID: ACCESS_KEY_ID,
  ALIYUN_ACCESS_KEY_SECRET: ACCESS_KEY_SECRET,
  ALIYUN_SIGN_NAME: SIGN_NAME,
  ALIYUN_TEMPLATE_CODE: TEMPLATE_CODE,
};

export function createAliyunApi(
  baseUrl: string,
  { timeoutMs = 5000, accessKeySecret = ACCESS_KEY_SECRET } = {},
): AliyunApi {
  return new AliyunApi({ accessKeyId: ACCESS_KEY_ID, accessKeySecret, baseUrl, timeoutMs, connections: 4 });
}

export function createAliyunSender(baseUrl: string, changes?: Parameters<typeof createAliyunApi>[1]) {
  const template = { signName: SIGN_NAME, templateCode: TEMPLATE_CODE };
  return new AliyunSender(createAliyunApi(baseUrl, changes), template);
}

/** An answer of the SMS service. */
export function aliyunAnswer(Code: string, changes: object = {}) {
  const RequestId = 'F655A8D5-B967-440B-8683-DAD6FF8DE990';
  return { Code, Message: Code, RequestId, ...(Code === 'OK' && { BizId: BIZ_ID }), ...changes };
}
