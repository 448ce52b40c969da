// The setting of PostgreSQL.

import { isUrl, text } from '../../config/env.ts';

export const postgresSettings = {
  DATABASE_URL: text
    .refine((value) => isUrl(value, 'postgres:', 'postgresql:'), 'must be postgres://…')
    .optional(),
};
