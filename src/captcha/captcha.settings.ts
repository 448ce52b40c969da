// The settings of captchas. Their rate limit is in the catalogue of limits.

import { seconds } from '../config/env.ts';

export const captchaSettings = {
  IMAGE_CAPTCHA_TTL_SECONDS: seconds(1, 3600).default(180),
};
