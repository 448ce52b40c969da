// The provider `yuntongxun`: its settings, and how it starts.

import { confidential, digits, identifier, providerUrl, secret } from '../../../config/env.ts';
import { connections, reportSecret, timeoutSeconds } from '../common/settings.ts';
import { defineSmsProvider } from '../provider.ts';
import { yuntongxunReports } from './yuntongxun-reports.ts';
import { YuntongxunSender } from './yuntongxun-sender.ts';

export const yuntongxunProvider = defineSmsProvider({
  settings: {
    YUNTONGXUN_ACCOUNT_SID: identifier.optional(),
    YUNTONGXUN_AUTH_TOKEN: confidential(secret.optional()),
    YUNTONGXUN_APP_ID: identifier.optional(),
    YUNTONGXUN_TEMPLATE_ID: digits.default('1'),
    YUNTONGXUN_BASE_URL: providerUrl.default('https://app.cloopen.com:8883'),
    YUNTONGXUN_TIMEOUT_SECONDS: timeoutSeconds,
    YUNTONGXUN_CONNECTIONS: connections,
    YUNTONGXUN_REPORT_SECRET: confidential(reportSecret.optional()),
  },
  requiredSettings: ['YUNTONGXUN_ACCOUNT_SID', 'YUNTONGXUN_AUTH_TOKEN', 'YUNTONGXUN_APP_ID'],
  isForDevelopment: false,
  start: async (settings) => {
    const timeoutMs = settings.YUNTONGXUN_TIMEOUT_SECONDS * 1000;
    const connections = settings.YUNTONGXUN_CONNECTIONS;
    const sender = new YuntongxunSender({
      accountSid: settings.YUNTONGXUN_ACCOUNT_SID ?? '',
      authToken: settings.YUNTONGXUN_AUTH_TOKEN ?? '',
      appId: settings.YUNTONGXUN_APP_ID ?? '',
      templateId: settings.YUNTONGXUN_TEMPLATE_ID,
      baseUrl: settings.YUNTONGXUN_BASE_URL,
      timeoutMs,
      connections,
    });
    const secretOfReports = settings.YUNTONGXUN_REPORT_SECRET;
    const reports = secretOfReports === undefined ? undefined : yuntongxunReports(secretOfReports);
    return { sender, timeoutMs, connections, reports };
  },
});
