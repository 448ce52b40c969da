// The setting of the daily cap.

import { count } from '../config/env.ts';

/** Production has no default: the operator decides what a day may cost. */
export const SMS_PER_DAY_OUTSIDE_PRODUCTION = 10_000;

export const spendCapSettings = { SMS_PER_DAY: count.optional() };
