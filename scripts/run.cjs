// Runs the commands of package.json. Installs packages and builds first, if necessary.
// It uses no packages because none may be installed yet, and runs on the old Node versions that a machine may have.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { bundle } = require('./bundle.cjs');
const { exitIfStopped, launch, mustRun, ROOT, run } = require('./children.cjs');
const setup = require('./setup.cjs');

const { build, buildPages, buildTests, findNode, install, installPostgres, removeBuild, sourceVersion } =
  setup;
const { setting, TSC, VITE, wantsPages } = setup;

// Biome would write colors to a file, too.
const COLORS = process.stdout.isTTY ? [] : ['--colors=off'];
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const SCHEMA_LINTER = 'node_modules/graphql-schema-linter/lib/cli.js';
const CODEGEN = ['node_modules/@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.mjs', '--errors-only'];
const JEST = [
  '--experimental-vm-modules', // Jest needs it to load ES modules
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
/** Longer than the service's own shutdown timeout, which is 9.9 s without a drain. */
const STOP_TIMEOUT_MS = 12_000;
const POLL_INTERVAL_MS = 300;

const serve = builtProgram('dist/main.js', 'serve');

const commands = {
  start,
  migrate: builtProgram('dist/main.js', 'migrate'),
  seed: builtProgram('dist/main.js', 'seed'),
  unlock: builtProgram('dist/main.js', 'unlock'),
  spend: builtProgram('dist/main.js', 'spend'),
  simulator: builtProgram('dist/main.js', 'simulator'),
  'sms:send': builtProgram('dist/main.js', 'sms:send'),
  'sms:providers': builtProgram('dist/main.js', 'sms:providers'),
  keys: builtProgram('dist/main.js', 'generate:keys'),
  yanzheng: builtProgram('dist/main.js'),
  schema: builtProgram('dist/cli/emit-schema.js'),
  build: async (node) => {
    await build(node);
    await buildPages(node);
  },
  bundle,
  'mikro-orm': builtProgram('node_modules/@mikro-orm/cli/cli.js'),
  codegen,
  format: (node, args) => run(node, [BIOME, 'check', '--write', ...COLORS, '.', ...args]),
  check,
  test,
  drill,
  dev,
  bench,
  soak,
  'simulate:attack': builtProgram('simulate/attack.mjs'),
  'captcha:report': builtProgram('tools/captcha-report/run.mjs'),
  'release:schema': releaseSchema,
};

function builtProgram(file, ...firstArgs) {
  return async (node, args) => {
    await build(node);
    return run(node, ['--enable-source-maps', file, ...firstArgs, ...args]);
  };
}

async function start(node, args) {
  if (wantsPages()) await buildPages(node);
  return serve(node, args);
}

async function test(node, args) {
  await installPostgres();
  await buildPages(node);
  await buildTests(node);
  return run(node, [...JEST, ...args]);
}

/** Failovers and restarts under load. They take minutes, so `test` leaves them out. */
async function drill(node, args) {
  await installPostgres();
  await buildTests(node);
  return run(node, [...JEST, '--config', 'jest.drills.config.mjs', ...args]);
}

/** The fast checks: everything but the long tests. Stops at the first failure. */
async function check(node, args) {
  await installPostgres();
  await step('format and lint', () => mustRun(node, [BIOME, 'ci', ...COLORS, '.']));
  await step('types', () => buildTests(node)); // compiles src/ and test/
  await install('web');
  await step('types of the pages', () => mustRun(node, [TSC, '-p', 'web/tsconfig.json']));
  await step('generated operations of the pages', () => codegen(node, ['--check']));
  await step('schema', () => mustRun(node, [SCHEMA_LINTER, 'schema.graphql']));
  await step('conventions', () => mustRun(node, [...JEST, 'test/conventions/', ...args]));
}

/** Generates the typed GraphQL operations of the pages. With `--check` it fails if the files are not up to date. */
async function codegen(node, args) {
  await install('tools/codegen');
  await mustRun(node, [...CODEGEN, ...args], { cwd: path.join(ROOT, 'tools/codegen') });
}

async function step(name, work) {
  const startMs = Date.now();
  const report = (result) => {
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    process.stderr.write(`[check] ${name}: ${result}, ${seconds} s\n`);
  };
  const reportFailure = () => report('FAILED');
  process.once('exit', reportFailure); // `mustRun` ends the process if the step fails
  await work();
  process.off('exit', reportFailure);
  report('ok');
}

async function bench(node, args) {
  await installPostgres();
  await install('bench');
  await build(node);
  return run(node, ['bench/run.mjs', ...args]);
}

async function soak(node, args) {
  await installPostgres();
  await build(node);
  return run(node, ['soak/run.mjs', ...args]);
}

/** Records the schema of a release. Later versions must stay compatible with it. */
async function releaseSchema() {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const schema = fs.readFileSync(path.join(ROOT, 'schema.graphql'), 'utf8');
  const header = `# The schema of version ${version}. Written by \`npm run release:schema\`.`;
  fs.writeFileSync(path.join(ROOT, 'released/schema.graphql'), `${header}\n\n${schema}`);
}

/**
 * Compiles after every change and restarts the server if the compilation succeeds. It polls the files, because the watch
 * mode of tsc misses changes on some systems, and `node --watch` restarts before dist/ is complete.
 * Vite serves the pages from their sources and proxies their requests to the service.
 */
async function dev(node, args) {
  await install('web');
  launch(node, [VITE, '--host', '127.0.0.1', '--clearScreen', 'false'], {
    cwd: path.join(ROOT, 'web'),
    env: { ...process.env, YANZHENG_PORT: setting('PORT') || '4000' },
  });
  removeBuild('dist'); // with its stamp, so that the next `npm start` compiles again
  for (let server; ; ) {
    const version = sourceVersion();
    const code = await run(node, [TSC, '-p', 'tsconfig.json']);
    exitIfStopped();
    if (code === 0) server = await restart(server, node, args);
    while (sourceVersion() === version) await sleep(POLL_INTERVAL_MS);
  }
}

async function restart(server, node, args) {
  await server?.stop(STOP_TIMEOUT_MS);
  exitIfStopped();
  const next = launch(node, ['--enable-source-maps', 'dist/main.js', 'serve', ...args], {
    env: { ...process.env, SHUTDOWN_DRAIN_SECONDS: '0' }, // no load balancer has to notice a restart
  });
  next.exited.then((code) => {
    exitIfStopped(code);
    if (!next.isStopping)
      process.stderr.write(`[dev] the server exited with code ${code}; waiting for a change\n`);
  });
  return next;
}

function usage() {
  process.stderr.write(`usage: npm run ${Object.keys(commands).join(' | ')} [-- arguments]\n`);
  process.exit(2);
}

async function main([name, ...args]) {
  if (!Object.hasOwn(commands, name ?? '')) usage();
  await install();
  const node = await findNode();
  process.exit((await commands[name](node, args)) ?? 0);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
