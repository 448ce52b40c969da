// The setting of Redis.

import { isUrl, text } from '../../config/env.ts';

/** `redis+sentinel://[user:password@]host[:port][,host[:port] …]/master[/database]` */
export const SENTINEL_URL = /^redis\+sentinel:\/\/(?:([^:@/]*):([^@/]*)@)?([^@/]+)\/([^/]+)(?:\/(\d+))?$/;

function isRedisUrl(value: string): boolean {
  return (
    SENTINEL_URL.test(value) || value.split(',').every((node) => isUrl(node.trim(), 'redis:', 'rediss:'))
  );
}

export const redisSettings = {
  REDIS_URL: text
    .refine(
      isRedisUrl,
      'must be redis://…, rediss://…, several of them comma-separated, or redis+sentinel://host/master',
    )
    .optional(),
};
