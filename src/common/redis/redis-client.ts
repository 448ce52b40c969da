// The Redis client that stores use: a single server, a server behind Sentinel, or a Cluster.

import type { Cluster, Redis } from 'ioredis';
import type { Dependency } from '../dependency.ts';
import type { AnyScript, ScriptInput, ScriptReply } from './define-script.ts';

/** Runs a script that the client was opened with; the compiler rejects every other script. */
export type RunScript<Scripts extends AnyScript> = <Used extends Scripts>(
  script: Used,
  input: ScriptInput<Used>,
) => Promise<ScriptReply<Used>>;

interface ScriptRunner<Scripts extends AnyScript> {
  readonly runScript: RunScript<Scripts>;
  /**
   * For the compiler only; never set. It does not compare the type parameters of `runScript`, so without this property a
   * store would accept a client that was opened without the scripts of the store.
   */
  readonly openedWith?: (script: Scripts) => void;
}

/** `Scripts` is the union of the scripts that the client was opened with. A store accepts a client with more scripts. */
export type RedisClient<Scripts extends AnyScript = never> = (Redis | Cluster) & ScriptRunner<Scripts>;

export type RedisDependency<Scripts extends AnyScript = never> = Dependency<RedisClient<Scripts>>;
