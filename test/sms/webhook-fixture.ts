// The secret, the answers and the senders of the webhook tests.

import { webhookKey } from '../../src/sms/providers/webhook/standard-webhooks.ts';
import { WebhookSender, type WebhookSettings } from '../../src/sms/providers/webhook/webhook-sender.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const KEY = webhookKey(SECRET) ?? Buffer.alloc(0);

export const ACCEPTED = { outcome: 'accepted', messageId: 'gateway-42' };

export function createWebhookSender(url: string, changes: Partial<WebhookSettings> = {}): WebhookSender {
  return new WebhookSender({ url, key: KEY, timeoutMs: 5000, connections: 4, ...changes });
}
