// The Redis client that stores use: a single server, a server behind Sentinel, or a Cluster.

import type { Cluster, Redis } from 'ioredis';
import type { Dependency } from '../dependency.ts';
import type { AnyScript, ScriptInput, ScriptReply } from './define-script.ts';

/** Runs a script that the client was opened with; the compiler rejects every other script. */
export type RunScript<Scripts extends AnyScript> = <Used extends Scripts>(
  script: Used,
  input: ScriptInput<Used>,
) => Promise<ScriptReply<Used>>;

/** `Scripts` is the union of the scripts that the client was opened with. */
export type RedisClient<Scripts extends AnyScript = never> = (Redis | Cluster) & {
  readonly runScript: RunScript<Scripts>;
  /** Exists for the compiler only: a client with too few scripts is not assignable to one with more. */
  readonly scripts?: (script: Scripts) => void;
};

export type RedisDependency<Scripts extends AnyScript = never> = Dependency<RedisClient<Scripts>>;
