// `npm run bundle -- <directory>`: what a production machine needs, and nothing else. The directory can be read by every user,
// and starts without npm, a compiler, a network or a writable file system: `node dist/main.js serve`.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { mustRun, ROOT, isWindows } = require('./children.cjs');
const { build, buildPages, npmCommand } = require('./setup.cjs');

/** Copied as they are. The packages are installed from the lock file. */
const CONTENTS = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'dist', 'web/dist'];
/** The compiler, the tests and the embedded databases are packages for development. */
const OMIT = '--omit=dev';
const INSTALL = [
  'ci',
  OMIT,
  '--ignore-scripts',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];
const SBOM = ['sbom', '--package-lock-only', OMIT, '--sbom-format=cyclonedx', '--sbom-type=application'];
const FIRST_NPM_WITH_SBOM = 10;
const READABLE_MODE = 0o022;

async function bundle(node, [directory, ...others]) {
  if (directory === undefined || others.length > 0) fail('usage: npm run bundle -- <directory>');
  const target = path.resolve(directory);
  if (fs.existsSync(target) && fs.readdirSync(target).length > 0) fail(`${target} is not empty`);
  checkNpm();
  await build(node);
  await buildPages(node);
  process.umask(READABLE_MODE);
  fs.mkdirSync(target, { recursive: true });
  for (const name of CONTENTS)
    fs.cpSync(path.join(ROOT, name), path.join(target, name), { recursive: true, filter: isPartOfBundle });
  await npm(INSTALL, target, 'inherit');
  await writeSbom(target);
}

/** The npm of Debian 12 is older. Without this it would fail after the build. */
function checkNpm() {
  const [program, first] = npmCommand();
  const { stdout } = spawnSync(program, [...first, '--version'], {
    encoding: 'utf8',
    shell: program === 'npm' && isWindows,
  });
  if (Number.parseInt(stdout, 10) < FIRST_NPM_WITH_SBOM)
    fail(`npm ${stdout.trim()} cannot write an SBOM. Install a newer one: npm install --global npm@11`);
}

/** npm names the product after the directory. */
async function writeSbom(target) {
  const file = path.join(target, 'sbom.json');
  const output = fs.openSync(file, 'w');
  await npm(SBOM, target, output);
  fs.closeSync(output);
  const sbom = JSON.parse(fs.readFileSync(file, 'utf8'));
  const { name, version } = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
  const component = sbom.metadata.component;
  Object.assign(component, { name, version, purl: `pkg:npm/${name}@${version}` });
  fs.writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
}

/** Without the stamps of the build. */
function isPartOfBundle(file) {
  return path.basename(file) !== '.built';
}

async function npm(args, cwd, output) {
  const [program, first] = npmCommand();
  await mustRun(program, [...first, ...args], {
    cwd,
    stdio: ['ignore', output, 'inherit'],
    shell: program === 'npm' && isWindows,
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

module.exports = { bundle };
