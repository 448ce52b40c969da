// The provider `aliyun`: its settings, and how it starts.

import { confidential, identifier, providerUrl, secret, text } from '../../../config/env.ts';
import { connections, reportSecret, timeoutSeconds } from '../common/settings.ts';
import { defineSmsProvider } from '../provider.ts';
import { AliyunApi } from './aliyun-api.ts';
import { aliyunLookUp } from './aliyun-look-up.ts';
import { aliyunReports } from './aliyun-reports.ts';
import { AliyunSender } from './aliyun-sender.ts';

export const aliyunProvider = defineSmsProvider({
  settings: {
    ALIYUN_ACCESS_KEY_ID: identifier.optional(),
    ALIYUN_ACCESS_KEY_SECRET: confidential(secret.optional()),
    ALIYUN_SIGN_NAME: text.optional(),
    ALIYUN_TEMPLATE_CODE: identifier.optional(),
    ALIYUN_BASE_URL: providerUrl.default('https://dysmsapi.aliyuncs.com'),
    ALIYUN_TIMEOUT_SECONDS: timeoutSeconds,
    ALIYUN_CONNECTIONS: connections,
    ALIYUN_REPORT_SECRET: confidential(reportSecret.optional()),
  },
  requiredSettings: [
    'ALIYUN_ACCESS_KEY_ID',
    'ALIYUN_ACCESS_KEY_SECRET',
    'ALIYUN_SIGN_NAME',
    'ALIYUN_TEMPLATE_CODE',
  ],
  isForDevelopment: false,
  start: async (settings) => {
    const timeoutMs = settings.ALIYUN_TIMEOUT_SECONDS * 1000;
    const connections = settings.ALIYUN_CONNECTIONS;
    const api = new AliyunApi({
      accessKeyId: settings.ALIYUN_ACCESS_KEY_ID ?? '',
      accessKeySecret: settings.ALIYUN_ACCESS_KEY_SECRET ?? '',
      baseUrl: settings.ALIYUN_BASE_URL,
      timeoutMs,
      connections,
    });
    const sender = new AliyunSender(api, {
      signName: settings.ALIYUN_SIGN_NAME ?? '',
      templateCode: settings.ALIYUN_TEMPLATE_CODE ?? '',
    });
    const secret = settings.ALIYUN_REPORT_SECRET;
    const reports = secret ? aliyunReports(secret) : undefined;
    return { sender, timeoutMs, connections, lookUp: aliyunLookUp(api), reports };
  },
});
