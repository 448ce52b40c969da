// The setting of PostgreSQL.

import { confidential, isUrl, text } from '../../config/env.ts';

export const postgresSettings = {
  DATABASE_URL: confidential(
    text.refine((value) => isUrl(value, 'postgres:', 'postgresql:'), 'must be postgres://…').optional(),
  ),
};
