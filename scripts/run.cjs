// Behind every `npm run X`: sets up what a fresh clone lacks, then does X. Only Node's own modules, because it
// runs before anything is installed; and on an old Node, because that may be the one a machine has.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { exitIfStopped, launch, mustRun, ROOT, run } = require('./children.cjs');
const setup = require('./setup.cjs');

const { build, buildPages, buildTests, findNode, install, installPostgres, removeBuild, sourcesNow } = setup;
const { setting, TSC, VITE, wantsPages } = setup;

// left to itself Biome colours what goes to a file, too
const COLOURS = process.stdout.isTTY ? [] : ['--colors=off'];
const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const SCHEMA_LINTER = 'node_modules/graphql-schema-linter/lib/cli.js';
const CODEGEN = ['node_modules/@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.mjs', '--errors-only'];
const JEST = [
  '--experimental-vm-modules', // the packages are ES modules, which jest can load in no other way
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const STOP_AT_MOST_MS = 12_000;
const LOOK_EVERY_MS = 300;

const serve = builtProgram('dist/main.js', 'serve');

const commands = {
  start,
  migrate: builtProgram('dist/main.js', 'migrate'),
  seed: builtProgram('dist/main.js', 'seed'),
  unlock: builtProgram('dist/main.js', 'unlock'),
  keys: builtProgram('dist/main.js', 'keys'),
  schema: builtProgram('dist/cli/emit-schema.js'),
  build: async (node) => {
    await build(node);
    await buildPages(node);
  },
  'mikro-orm': builtProgram('node_modules/@mikro-orm/cli/cli.js'),
  codegen,
  format: (node, args) => run(node, [BIOME, 'check', '--write', ...COLOURS, '.', ...args]),
  check,
  test,
  dev,
  bench,
  'simulate:attack': builtProgram('simulate/attack.mjs'),
  'captcha:report': captchaReport,
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

/** All that can be said about the code without the long tests; stops at the first failure. */
async function check(node, args) {
  await installPostgres();
  await checked('format and lint', () => mustRun(node, [BIOME, 'ci', ...COLOURS, '.']));
  await checked('types', () => buildTests(node)); // the tests are compiled together with the program
  await install('web');
  await checked('types of the pages', () => mustRun(node, [TSC, '-p', 'web/tsconfig.json']));
  await checked('generated documents of the pages', () => codegen(node, ['--check']));
  await checked('schema', () => mustRun(node, [SCHEMA_LINTER, 'schema.graphql']));
  await checked('promises', () => mustRun(node, [...JEST, 'test/conventions/', ...args]));
}

/** Writes the typed documents of the pages; with `--check` it fails if they are not as they would be written. */
async function codegen(node, args) {
  await install('tools/codegen');
  await mustRun(node, [...CODEGEN, ...args], { cwd: path.join(ROOT, 'tools/codegen') });
}

async function checked(what, step) {
  const start = Date.now();
  const tell = (result) => {
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stderr.write(`[check] ${what}: ${result}, ${seconds} s\n`);
  };
  const tellFailure = () => tell('FAILED');
  process.once('exit', tellFailure); // a failing step ends the process
  await step();
  process.off('exit', tellFailure);
  tell('ok');
}

async function bench(node, args) {
  await installPostgres();
  await install('bench');
  await build(node);
  return run(node, ['bench/run.mjs', ...args]);
}

async function captchaReport(node, args) {
  await build(node);
  return run(node, ['tools/captcha-report/run.mjs', ...args]);
}

/** At a release: keeps the schema that clients are promised from now on. */
async function releaseSchema() {
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const schema = fs.readFileSync(path.join(ROOT, 'schema.graphql'), 'utf8');
  const head = `# The schema of version ${version}, as \`npm run release:schema\` kept it.`;
  fs.writeFileSync(path.join(ROOT, 'released/schema.graphql'), `${head}\n\n${schema}`);
}

/**
 * Compiles after every change and starts the server anew once that succeeded. It looks for changes itself: the
 * watch mode of tsc misses them on some systems, and `node --watch` would restart on a half-written dist/.
 * The pages are Vite's: it serves their sources and passes on what they ask the service.
 */
async function dev(node, args) {
  await install('web');
  launch(node, [VITE, '--host', '127.0.0.1', '--clearScreen', 'false'], {
    cwd: path.join(ROOT, 'web'),
    env: { ...process.env, YANZHENG_PORT: setting('PORT') || '4000' },
  });
  removeBuild('dist'); // and with it the stamp: the next `npm start` must not take what we leave for its own
  for (let server; ; ) {
    const before = sourcesNow();
    const code = await run(node, [TSC, '-p', 'tsconfig.json']);
    exitIfStopped();
    if (code === 0) server = await restart(server, node, args);
    while (sourcesNow() === before) await sleep(LOOK_EVERY_MS);
  }
}

async function restart(server, node, args) {
  await server?.end(STOP_AT_MOST_MS);
  exitIfStopped();
  const next = launch(node, ['--enable-source-maps', 'dist/main.js', 'serve', ...args]);
  next.ended.then((code) => {
    exitIfStopped(code);
    if (!next.ending)
      process.stderr.write(`[dev] the server ended with code ${code}; waiting for a change\n`);
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
