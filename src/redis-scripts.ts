// The Redis scripts of the service.

import { guardScripts } from './guard/guard-scripts.ts';
import { rateLimitScripts } from './rate-limiting/rate-limit.store.ts';
import { deliveryScripts } from './sms/delivery/delivery-scripts.ts';
import { messageIdScripts } from './sms/delivery/message-id.store.ts';
import { providerStateScripts } from './sms/delivery/provider-state.store.ts';
import { conversionScripts } from './sms/routing/conversion.store.ts';
import { smsCodeScripts } from './verification/codes/sms-code.store.ts';
import { smsCodeAttemptScripts } from './verification/codes/sms-code-attempt.store.ts';
import { idempotencyScripts } from './verification/idempotency/idempotency.store.ts';

export const redisScripts = [
  ...rateLimitScripts,
  ...guardScripts,
  ...idempotencyScripts,
  ...smsCodeScripts,
  ...smsCodeAttemptScripts,
  ...deliveryScripts,
  ...messageIdScripts,
  ...providerStateScripts,
  ...conversionScripts,
] as const;

export type RedisScripts = (typeof redisScripts)[number];
