// The provider `yuntongxun`: its settings, and how it starts.

import { decimal, digits, identifier, integer, providerUrl, secret } from '../../../config/env.ts';
import {
  SMS_PROVIDER_TIMEOUT_MAX_SECONDS,
  SMS_PROVIDER_TIMEOUT_SECONDS,
} from '../../../config/time-budgets.ts';
import { defineSmsProvider } from '../provider.ts';
import { YuntongxunSender } from './yuntongxun-sender.ts';

export const yuntongxunProvider = defineSmsProvider({
  settings: {
    YUNTONGXUN_ACCOUNT_SID: identifier.optional(),
    YUNTONGXUN_AUTH_TOKEN: secret.optional(),
    YUNTONGXUN_APP_ID: identifier.optional(),
    YUNTONGXUN_TEMPLATE_ID: digits.default('1'),
    YUNTONGXUN_BASE_URL: providerUrl.default('https://app.cloopen.com:8883'),
    YUNTONGXUN_TIMEOUT_SECONDS: decimal(0.1, SMS_PROVIDER_TIMEOUT_MAX_SECONDS).default(
      SMS_PROVIDER_TIMEOUT_SECONDS,
    ),
    YUNTONGXUN_CONNECTIONS: integer(1, 10_000).default(64),
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
    return { sender, timeoutMs, connections };
  },
});
