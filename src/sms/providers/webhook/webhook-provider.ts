// The provider `webhook`: sends through an HTTP service of the operator. Its settings, and how it starts.

import { confidential, providerUrl, text } from '../../../config/env.ts';
import { connections, timeoutSeconds } from '../common/settings.ts';
import { defineSmsProvider } from '../provider.ts';
import { webhookKey } from './standard-webhooks.ts';
import { webhookReports } from './webhook-reports.ts';
import { WebhookSender } from './webhook-sender.ts';

const webhookSecret = text.refine(
  (value) => webhookKey(value) !== undefined,
  'must be whsec_ and the Base64 of 24 to 64 bytes',
);

export const webhookProvider = defineSmsProvider({
  settings: {
    SMS_WEBHOOK_URL: providerUrl.optional(),
    SMS_WEBHOOK_SECRET: confidential(webhookSecret.optional()),
    SMS_WEBHOOK_TIMEOUT_SECONDS: timeoutSeconds,
    SMS_WEBHOOK_CONNECTIONS: connections,
  },
  requiredSettings: ['SMS_WEBHOOK_URL', 'SMS_WEBHOOK_SECRET'],
  isForDevelopment: false,
  start: async (settings) => {
    const timeoutMs = settings.SMS_WEBHOOK_TIMEOUT_SECONDS * 1000;
    const connections = settings.SMS_WEBHOOK_CONNECTIONS;
    const key = webhookKey(settings.SMS_WEBHOOK_SECRET ?? '') ?? Buffer.alloc(0);
    const sender = new WebhookSender({ url: settings.SMS_WEBHOOK_URL ?? '', key, timeoutMs, connections });
    return { sender, timeoutMs, connections, reports: webhookReports(key) };
  },
});
