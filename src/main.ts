// The process: environment in, signals, exit code. `node main.js serve | migrate | seed | unlock | keys`

import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { startApp } from './app.ts';
import { migrate, printKeys, seed, UsageError, unlock } from './cli/commands.ts';
import { pages, welcome } from './cli/start-banner.ts';
import { DependencyUnavailableError } from './common/dependency.ts';
import { type Config, ConfigError, type Purpose, readConfig } from './config/load-config.ts';
import { ListenError } from './http/server.ts';
import { DataDirectoryInUseError } from './infrastructure/embedded/data-directory-lock.ts';
import { TokenKeyFileError } from './infrastructure/embedded/token-key-file.ts';
import { DatabaseNotReadyError } from './infrastructure/postgres/schema-version.ts';
import { createLogger } from './observability/logger.ts';

const DATA_DIRECTORY = resolve('.data');
/** Beside the program, wherever it was started. */
const PAGES_DIRECTORY = join(dirname(findPackageJSON(import.meta.url) ?? ''), 'web/dist');
/** A stop that takes longer is cut off, with an exit code that says so. */
const STOP_AT_MOST_MS = 9500;

const PLAIN = [
  ListenError,
  ConfigError,
  DataDirectoryInUseError,
  DatabaseNotReadyError,
  DependencyUnavailableError,
  TokenKeyFileError,
  UsageError,
];

async function serve(config: Config): Promise<void> {
  const logger = createLogger({ level: config.logLevel, production: config.production });
  const print = (line: string) => console.log(line);
  const stopSignal = firstSignal();
  const app = await startApp(config, {
    logger,
    dataDirectory: DATA_DIRECTORY,
    pagesDirectory: PAGES_DIRECTORY,
    print,
  });
  const wanted = pages(config);
  const served = existsSync(PAGES_DIRECTORY) ? wanted : [];
  if (served.length < wanted.length) logger.warn('the pages are not built; npm run build does it');
  if (config.production) logger.info({ url: app.url, pages: served.map(({ path }) => path) }, 'listening');
  else print(welcome(config, app.url, served));

  logger.info({ signal: await stopSignal }, 'stopping');
  setTimeout(() => fail('The stop took too long.'), STOP_AT_MOST_MS).unref();
  await app.stop();
  process.exit(0);
}

/** Listened to from the start on, and for good: a second one must not cut the stop short. SIGHUP is a closed terminal's. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve(signal));
  });
}

/** What a person can mend is told in plain words; what only we can, with its stack. */
function fail(error: unknown): never {
  const isPlain = PLAIN.some((kind) => error instanceof kind);
  console.error(isPlain ? (error as Error).message : error);
  process.exit(1);
}

async function main([command = 'serve', ...words]: readonly string[]): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const configFor = (purpose: Purpose) => readConfig(process.env, purpose);
  switch (command) {
    case 'serve':
      return serve(configFor('serving'));
    case 'migrate':
      return migrate(configFor('database'), DATA_DIRECTORY);
    case 'seed':
      return seed(configFor('database'), DATA_DIRECTORY, words);
    case 'unlock':
      return unlock(configFor('redis'), words);
    case 'keys':
      return printKeys();
    default:
      throw new UsageError('usage: main.js serve | migrate | seed <mobile> … | unlock <mobile> … | keys');
  }
}

main(process.argv.slice(2)).catch(fail);
