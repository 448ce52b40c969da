// The Redis that stores talk to: a single server, one behind Sentinel, or a Cluster.

import type { Cluster, Redis } from 'ioredis';
import type { Dependency } from '../dependency.ts';

export type RedisClient = Redis | Cluster;
export type RedisDependency = Dependency<RedisClient>;

/** `redis+sentinel://[user:password@]host[:port][,host[:port] …]/master[/database]` */
export const SENTINEL_URL = /^redis\+sentinel:\/\/(?:([^:@/]*):([^@/]*)@)?([^@/]+)\/([^/]+)(?:\/(\d+))?$/;
