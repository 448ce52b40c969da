// Redis: its version, its memory, its persistence, its roles and its clock.

import { Cluster, type Redis } from 'ioredis';
import { withDeadline } from '../../common/deadline.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../../config/time-budgets.ts';
import { openRedis } from '../../infrastructure/redis/open-redis.ts';
import { clockFinding, error, type Finding, ok, warning } from './finding.ts';

const MINIMUM_VERSION = [6, 2];
const SAFE_POLICY = 'noeviction';

/** Does not throw. */
export async function checkRedis(url: string | undefined): Promise<Finding[]> {
  if (url === undefined)
    return [warning('REDIS_URL is unset: embedded Redis', 'Production requires a server.')];
  let reason = '';
  const { client, close } = await openRedis({
    url,
    scripts: [],
    connectTimeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
    onError: (cause) => {
      reason = `: ${codeOf(cause)}`;
    },
  });
  try {
    if (client.status !== 'ready') return [unreachable(reason)];
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const perNode = await Promise.all(nodes.map((node) => checkNode(node)));
    const cluster = client instanceof Cluster ? await checkCluster(nodes) : [];
    return [...perNode.flat(), ...cluster];
  } catch (cause) {
    return [unreachable(`: ${codeOf(cause as Error)}`)];
  } finally {
    await close();
  }
}

/** `ECONNREFUSED`, or the first word of an error of Redis: `WRONGPASS`, `NOAUTH`. The message may quote the URL. */
function codeOf(cause: Error): string {
  const { code, message, name } = cause as NodeJS.ErrnoException;
  return code ?? /^[A-Z]{4,}(?= )/.exec(message)?.[0] ?? name;
}

function unreachable(reason: string): Finding {
  return error(
    `Redis does not answer${reason}`,
    'Check REDIS_URL with its password, the network and the server: redis-cli -u "$REDIS_URL" ping',
  );
}

async function checkNode(redis: Redis): Promise<Finding[]> {
  const node = `${redis.stream?.remoteAddress}:${redis.stream?.remotePort}`;
  const beforeMs = Date.now();
  const [seconds, microseconds] = await inTime(() => redis.time());
  const theirMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
  const clock = clockFinding(`Redis ${node}`, theirMs, beforeMs, Date.now());
  const info = await inTime(() => redis.info()).catch(() => '');
  const field = (name: string) => new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1];
  const settings = async (name: string) =>
    settingOf(await inTime(() => redis.config('GET', name)).catch(() => []));
  return [
    versionFinding(node, field('redis_version')),
    policyFinding(node, (await settings('maxmemory-policy')) ?? field('maxmemory_policy')),
    memoryFinding(node, field('maxmemory'), field('used_memory')),
    persistenceFinding(node, field('aof_enabled'), await settings('save')),
    ...(await replicationFindings(node, field, settings)),
    clock,
  ];
}

function versionFinding(node: string, version: string | undefined): Finding {
  if (version === undefined)
    return warning(`Redis ${node} does not show its version`, 'Allow INFO for the user of the service.');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needsMajor = 0, needsMinor = 0] = MINIMUM_VERSION;
  return major > needsMajor || (major === needsMajor && minor >= needsMinor)
    ? ok(`Redis ${node} has version ${version}`)
    : error(
        `Redis ${node} has version ${version}`,
        `Update it: ${MINIMUM_VERSION.join('.')} or newer is required.`,
      );
}

function policyFinding(node: string, policy: string | undefined): Finding {
  if (policy === undefined)
    return warning(
      `Redis ${node} does not show its maxmemory-policy`,
      `Allow CONFIG GET, or make sure that it is ${SAFE_POLICY}.`,
    );
  return policy === SAFE_POLICY
    ? ok(`Redis ${node} evicts no keys`)
    : error(
        `Redis ${node} has maxmemory-policy ${policy}`,
        `Set it to ${SAFE_POLICY}: otherwise rate limits disappear when memory is full.`,
      );
}

function memoryFinding(node: string, maximum: string | undefined, used: string | undefined): Finding {
  const [limit, bytes] = [Number(maximum ?? 0), Number(used ?? 0)];
  if (limit === 0)
    return warning(
      `Redis ${node} has no maxmemory`,
      'Set it below the memory of the machine: the system would kill Redis, and the limits would be lost.',
    );
  return bytes < 0.8 * limit
    ? ok(`Redis ${node} uses ${Math.round((100 * bytes) / limit)} % of its memory`)
    : error(
        `Redis ${node} uses ${Math.round((100 * bytes) / limit)} % of its memory`,
        'Raise maxmemory: a full Redis rejects writes, and no SMS is sent.',
      );
}

function persistenceFinding(
  node: string,
  isAppending: string | undefined,
  save: string | undefined,
): Finding {
  if (isAppending === '1') return ok(`Redis ${node} writes an append-only file`);
  return error(
    `Redis ${node} has appendonly no${save ? ', snapshots only' : ' and no snapshots'}`,
    'Set appendonly yes: after a restart the rate limits would start from the last snapshot, or empty.',
  );
}

async function replicationFindings(
  node: string,
  field: (name: string) => string | undefined,
  settings: (name: string) => Promise<string | undefined>,
): Promise<Finding[]> {
  if (field('role') === 'slave')
    return [
      error(
        `Redis ${node} is a read-only replica`,
        'Name the primary in REDIS_URL, or the Sentinels: redis+sentinel://host/master.',
      ),
    ];
  const replicas = Number(field('connected_slaves') ?? 0);
  if (replicas === 0) return [];
  const needed = Number((await settings('min-replicas-to-write')) ?? 0);
  return needed > 0
    ? [ok(`Redis ${node} has ${replicas} replicas, and writes only with ${needed}`)]
    : [
        warning(
          `Redis ${node} has ${replicas} replicas and min-replicas-to-write 0`,
          'Set min-replicas-to-write 1 and min-replicas-max-lag 2: a primary that was replaced would still count.',
        ),
      ];
}

async function checkCluster(nodes: readonly Redis[]): Promise<Finding[]> {
  const [first] = nodes;
  const info = first ? String(await inTime(() => first.cluster('INFO'))) : '';
  const state = /^cluster_state:(\w+)/m.exec(info)?.[1];
  return state === 'ok'
    ? [ok(`the Cluster serves all slots with ${nodes.length} masters`)]
    : [
        error(
          `the Cluster has the state ${state}`,
          'Some slots have no master: redis-cli --cluster check <node>',
        ),
      ];
}

/** The reply of CONFIG GET is a list of names and values, or an object with newer versions of the protocol. */
function settingOf(reply: unknown): string | undefined {
  const values = Array.isArray(reply) ? reply.slice(1) : Object.values(reply as object);
  return values[0] === undefined ? undefined : String(values[0]);
}

function inTime<T>(call: () => Promise<T>): Promise<T> {
  return withDeadline(CLI_STORE_CALL_TIMEOUT_MS, call);
}
