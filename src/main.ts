#!/usr/bin/env node
// The program `yanzheng`: its commands, the errors that an operator can fix, and the exit code.

import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type Command, runCommand } from './cli/command.ts';
import { configCheck } from './cli/config-check.ts';
import { doctor } from './cli/doctor/doctor.ts';
import { erase } from './cli/erase.ts';
import { generateKeys } from './cli/generate-keys.ts';
import { guard } from './cli/guard.ts';
import { inspect } from './cli/inspect.ts';
import { migrate } from './cli/migrate.ts';
import { seed } from './cli/seed.ts';
import { serveCommand } from './cli/serve.ts';
import { simulator } from './cli/simulator.ts';
import { smsProviders } from './cli/sms-providers.ts';
import { smsSend } from './cli/sms-send.ts';
import { spend } from './cli/spend.ts';
import { unlock } from './cli/unlock.ts';
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

/** The first one runs if the command line names none. */
const COMMANDS: readonly Command[] = [
  serveCommand({ version: VERSION, pagesDirectory: PAGES_DIRECTORY, fail }),
  migrate,
  doctor,
  configCheck,
  generateKeys,
  inspect,
  unlock,
  erase,
  spend,
  guard,
  smsSend,
  smsProviders,
  seed,
  simulator,
];

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
