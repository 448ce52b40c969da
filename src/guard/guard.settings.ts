// The settings of the guard against SMS pumping.

import { count, decimal, isNetwork, list, oneOf } from '../config/env.ts';

export const guardSettings = {
  SMS_GUARD: oneOf('off', 'observe', 'enforce').default('observe'),
  SMS_GUARD_BASE_PER_HOUR: count.default(20),
  SMS_GUARD_BASE_PER_DAY: count.default(60),
  SMS_GUARD_PER_PROOF: decimal(0, 100).default(0.5),
  SMS_GUARD_ALLOW: list(isNetwork, 'must be comma-separated IP addresses or CIDR networks').default([]),
};
