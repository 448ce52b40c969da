// The provider `tencent`: its settings, and how it starts.

import { confidential, digits, identifier, providerUrl, secret, text } from '../../../config/env.ts';
import { connections, reportSecret, timeoutSeconds } from '../common/settings.ts';
import { defineSmsProvider } from '../provider.ts';
import { tencentReports } from './tencent-reports.ts';
import { TencentSender } from './tencent-sender.ts';

export const tencentProvider = defineSmsProvider({
  settings: {
    TENCENT_SECRET_ID: identifier.optional(),
    TENCENT_SECRET_KEY: confidential(secret.optional()),
    TENCENT_SDK_APP_ID: digits.optional(),
    TENCENT_SIGN_NAME: text.optional(),
    TENCENT_TEMPLATE_ID: digits.optional(),
    TENCENT_REGION: identifier.default('ap-guangzhou'),
    TENCENT_BASE_URL: providerUrl.default('https://sms.tencentcloudapi.com'),
    TENCENT_TIMEOUT_SECONDS: timeoutSeconds,
    TENCENT_CONNECTIONS: connections,
    TENCENT_REPORT_SECRET: confidential(reportSecret.optional()),
  },
  requiredSettings: [
    'TENCENT_SECRET_ID',
    'TENCENT_SECRET_KEY',
    'TENCENT_SDK_APP_ID',
    'TENCENT_SIGN_NAME',
    'TENCENT_TEMPLATE_ID',
  ],
  isForDevelopment: false,
  start: async (settings) => {
    const timeoutMs = settings.TENCENT_TIMEOUT_SECONDS * 1000;
    const connections = settings.TENCENT_CONNECTIONS;
    const sender = new TencentSender({
      secretId: settings.TENCENT_SECRET_ID ?? '',
      secretKey: settings.TENCENT_SECRET_KEY ?? '',
      region: settings.TENCENT_REGION,
      sdkAppId: settings.TENCENT_SDK_APP_ID ?? '',
      signName: settings.TENCENT_SIGN_NAME ?? '',
      templateId: settings.TENCENT_TEMPLATE_ID ?? '',
      baseUrl: settings.TENCENT_BASE_URL,
      timeoutMs,
      connections,
    });
    const secret = settings.TENCENT_REPORT_SECRET;
    return { sender, timeoutMs, connections, reports: secret ? tencentReports(secret) : undefined };
  },
});
