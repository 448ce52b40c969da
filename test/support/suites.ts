import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { hasBrowser } from './browser.ts';
import { hasGoClient, hasRubyClient } from './client-programs.ts';
import {
  missingBrowser,
  missingGo,
  missingNamespaces,
  missingPostgres,
  missingPromtool,
  missingRedis,
  missingRuby,
} from './missing-programs.ts';
import { hasPostgres } from './postgres-server.ts';
import { programPath } from './program-path.ts';
import { startRedisCluster } from './redis-cluster.ts';
import {
  hasRedisServer,
  type RedisServer,
  startEmbeddedCluster,
  startEmbeddedRedis,
  startRedis,
} from './redis-server.ts';

export interface RedisKind {
  name: string;
  /** A real Redis needs a redis-server program. */
  available: boolean;
  cluster: boolean;
  /** The embedded ones are slow: tests may ask them for less. */
  isReal: boolean;
  start(): Promise<RedisServer>;
}

export const redisKinds: RedisKind[] = [
  { name: 'embedded Redis', available: true, cluster: false, isReal: false, start: startEmbeddedRedis },
  {
    name: 'embedded Redis Cluster',
    available: true,
    cluster: true,
    isReal: false,
    start: startEmbeddedCluster,
  },
  {
    name: 'real Redis',
    available: hasRedisServer(),
    cluster: false,
    isReal: true,
    start: () => startRedis(),
  },
  {
    name: 'real Redis Cluster',
    available: hasRedisServer(),
    cluster: true,
    isReal: true,
    start: () => startRedisCluster(),
  },
];

/** Runs a suite on each kind of Redis. A kind that this machine does not have is skipped and marked. */
export function describeEachRedis(title: string, suite: (kind: RedisKind) => void): void {
  for (const kind of redisKinds)
    describeIf(kind.available, `${title} on ${kind.name}`, missingRedis, () => suite(kind));
}

/** A suite that needs a redis-server program. */
export function describeWithRedis(title: string, suite: () => void): void {
  describeIf(hasRedisServer(), title, missingRedis, suite);
}

/** A suite that needs promtool, which Debian has in the package prometheus. */
export function describeWithPromtool(title: string, suite: () => void): void {
  describeIf(programPath('promtool') !== undefined, title, missingPromtool, suite);
}

/** A suite that starts processes in a namespace of their own, as another user. */
export function describeWithNamespaces(title: string, suite: () => void): void {
  const hasPrograms = ['unshare', 'setpriv'].every((name) => programPath(name) !== undefined);
  const hasNamespaces =
    hasPrograms && process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
  describeIf(hasNamespaces, title, missingNamespaces, suite);
}

/** A suite that needs a real PostgreSQL. */
export function describeWithPostgres(title: string, suite: () => void): void {
  describeIf(hasPostgres(), title, missingPostgres, suite);
}

/** A suite that generates and compiles a client in Go. */
export function describeWithGo(title: string, suite: () => void): void {
  describeIf(hasGoClient(), title, missingGo, suite);
}

/** A suite that runs a client in Ruby. */
export function describeWithRuby(title: string, suite: () => void): void {
  describeIf(hasRubyClient(), title, missingRuby, suite);
}

/** A suite that opens pages in a real browser. */
export function describeWithBrowser(title: string, suite: () => void): void {
  describeIf(hasBrowser(), title, missingBrowser, suite);
}

function describeIf(available: boolean, title: string, otherwise: string, suite: () => void): void {
  if (available) describe(title, suite);
  else describe.skip(`${title} ${otherwise}`, suite);
}
