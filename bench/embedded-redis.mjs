// A Redis server in JavaScript, for machines without redis-server: node embedded-redis.mjs <port>

import { createRedisMock } from 'js-redis-server';

await createRedisMock({ compatibility: 'redis-7.0', port: Number(process.argv[2]) });
