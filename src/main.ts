#!/usr/bin/env node
// The program `yanzheng`: its commands, the errors that an operator can fix, and the exit code.

import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type CommandEntry, runCommand } from './cli/command.ts';
import { UsageError } from './cli/usage-error.ts';
import { DependencyUnavailableError } from './common/dependency.ts';
import { ConfigError } from './config/load-config.ts';
import { ListenError } from './http/listener.ts';
import { DataDirectoryInUseError } from './infrastructure/embedded/data-directory-lock.ts';
import { EmbeddedStoreMissingError } from './infrastructure/embedded/import-embedded.ts';
import { TokenKeyFileError } from './infrastructure/embedded/token-key-file.ts';
import { DatabaseNotReadyError } from './infrastructure/postgres/schema-version.ts';
import { EvictionPolicyError } from './infrastructure/redis/eviction-policy.ts';

const PACKAGE_FILE = findPackageJSON(import.meta.url) ?? '';
const VERSION: string = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')).version;
/** Next to the program, independent of the working directory. */
const PAGES_DIRECTORY = join(dirname(PACKAGE_FILE), 'web/dist');

/** The first one runs if the command line names none. Only the modules of the command that runs are loaded. */
const COMMANDS: readonly CommandEntry[] = [
  ['serve', serve],
  ['migrate', async () => (await import('./cli/migrate.ts')).migrate],
  ['doctor', async () => (await import('./cli/doctor/doctor.ts')).doctor],
  ['config:check', async () => (await import('./cli/config-check.ts')).configCheck],
  ['generate:keys', async () => (await import('./cli/generate-keys.ts')).generateKeys],
  ['inspect', async () => (await import('./cli/inspect.ts')).inspect],
  ['unlock', async () => (await import('./cli/unlock.ts')).unlock],
  ['erase', async () => (await import('./cli/erase.ts')).erase],
  ['spend', async () => (await import('./cli/spend.ts')).spend],
  ['guard', async () => (await import('./cli/guard.ts')).guard],
  ['sms:send', async () => (await import('./cli/sms-send.ts')).smsSend],
  ['sms:providers', async () => (await import('./cli/sms-providers.ts')).smsProviders],
  ['seed', async () => (await import('./cli/seed.ts')).seed],
  ['simulator', async () => (await import('./cli/simulator.ts')).simulator],
];

async function serve() {
  const { serveCommand } = await import('./cli/serve.ts');
  return serveCommand({ version: VERSION, pagesDirectory: PAGES_DIRECTORY, fail });
}

/** Errors that the operator can fix. Their message is enough; a stack trace would hide it. */
const OPERATOR_ERRORS = [
  ConfigError,
  DataDirectoryInUseError,
  DatabaseNotReadyError,
  DependencyUnavailableError,
  EmbeddedStoreMissingError,
  EvictionPolicyError,
  ListenError,
  TokenKeyFileError,
  UsageError,
];

function fail(error: unknown): never {
  const isOperatorError = OPERATOR_ERRORS.some((kind) => error instanceof kind);
  console.error(isOperatorError ? (error as Error).message : error);
  process.exit(1);
}

if (existsSync('.env')) process.loadEnvFile('.env');
runCommand(COMMANDS, {
  argv: process.argv.slice(2),
  environment: process.env,
  dataDirectory: resolve('.data'),
  version: VERSION,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
}).then((exitCode) => {
  process.exitCode = exitCode;
}, fail);
