// The setting of Redis.

import { confidential, isUrl, text } from '../../config/env.ts';
import { parseSentinelUrl } from './sentinel-url.ts';

const isSentinelUrl = (value: string) => value.startsWith('redis+sentinel:');

function isRedisUrl(value: string): boolean {
  return isSentinelUrl(value) || value.split(',').every((node) => isUrl(node.trim(), 'redis:', 'rediss:'));
}

export const redisSettings = {
  REDIS_URL: confidential(
    text
      .refine(
        isRedisUrl,
        'must be redis://…, rediss://…, several of them comma-separated, or redis+sentinel://host/master',
      )
      .refine(
        (value) => !isSentinelUrl(value) || parseSentinelUrl(value) !== undefined,
        'must have the form redis+sentinel://[user:password@]host[:port][,host[:port]]/master[/database], followed by ?sentinelUsername=…&sentinelPassword=… if the Sentinels have a password',
      )
      .optional(),
  ),
};
