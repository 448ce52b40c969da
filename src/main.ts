// The process: arguments, environment, signals, exit codes. `node main.js serve | migrate | seed | unlock | spend | sms:send |
// sms:providers | simulator | keys`

import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { startApp } from './app.ts';
import { printKeys } from './cli/keys.ts';
import { migrate } from './cli/migrate.ts';
import { seed } from './cli/seed.ts';
import { runSimulator } from './cli/simulator.ts';
import { smsProviders } from './cli/sms-providers.ts';
import { smsSend } from './cli/sms-send.ts';
import { spend } from './cli/spend.ts';
import { startBanner } from './cli/start-banner.ts';
import { unlock } from './cli/unlock.ts';
import { UsageError } from './cli/usage-error.ts';
import { DependencyUnavailableError } from './common/dependency.ts';
import { type Config, ConfigError, type ConfigScope, loadConfig } from './config/load-config.ts';
import { shutdownTimeoutMs } from './config/time-budgets.ts';
import { ListenError } from './http/listener.ts';
import { DataDirectoryInUseError } from './infrastructure/embedded/data-directory-lock.ts';
import { EmbeddedStoreMissingError } from './infrastructure/embedded/import-embedded.ts';
import { TokenKeyFileError } from './infrastructure/embedded/token-key-file.ts';
import { DatabaseNotReadyError } from './infrastructure/postgres/schema-version.ts';
import { EvictionPolicyError } from './infrastructure/redis/eviction-policy.ts';
import { createLogger } from './observability/logger.ts';

const DATA_DIRECTORY = resolve('.data');
const PACKAGE_FILE = findPackageJSON(import.meta.url) ?? '';
const VERSION: string = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')).version;
/** Next to the program, independent of the working directory. */
const PAGES_DIRECTORY = join(dirname(PACKAGE_FILE), 'web/dist');

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

async function serve(config: Config): Promise<void> {
  const logger = createLogger({ level: config.logLevel, production: config.production });
  const print = (line: string) => console.log(line);
  const stopSignal = firstStopSignal();
  const app = await startApp(config, {
    logger,
    version: VERSION,
    dataDirectory: DATA_DIRECTORY,
    pagesDirectory: PAGES_DIRECTORY,
    print,
  });
  const isAnyPageEnabled = Object.values(config.pages).some((isEnabled) => isEnabled);
  if (isAnyPageEnabled && app.pages.length === 0) logger.warn('the pages are not built, run: npm run build');
  const { url, metricsUrl } = app;
  if (config.production)
    logger.info({ url, metricsUrl, pages: app.pages.map(({ path }) => path) }, 'listening');
  else print(startBanner(config, url, app.pages));

  logger.info({ signal: await stopSignal }, 'stopping');
  // Graceful shutdown: the load balancer turns away, in-flight requests finish, then the connections close.
  const timeoutMs = shutdownTimeoutMs(config.http.shutdownDrainSeconds);
  setTimeout(() => fail(`The shutdown exceeded ${timeoutMs} ms. Connections were cut.`), timeoutMs).unref();
  await app.stop();
  process.exit(0);
}

/** The listeners stay for the life of the process, so a second signal does not interrupt the shutdown. */
function firstStopSignal(): Promise<string> {
  return new Promise((resolve) => {
    // SIGHUP is sent when the terminal closes.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve(signal));
  });
}

function fail(error: unknown): never {
  const isOperatorError = OPERATOR_ERRORS.some((kind) => error instanceof kind);
  console.error(isOperatorError ? (error as Error).message : error);
  process.exit(1);
}

async function main([command = 'serve', ...args]: readonly string[]): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const configFor = (scope: ConfigScope) => loadConfig(process.env, scope);
  switch (command) {
    case 'serve':
      return serve(configFor('serve'));
    case 'migrate':
      return migrate(configFor('database'), DATA_DIRECTORY);
    case 'seed':
      return seed(configFor('database'), DATA_DIRECTORY, args);
    case 'unlock':
      return unlock(configFor('redis'), args);
    case 'spend':
      return spend(configFor('spend'), DATA_DIRECTORY);
    case 'simulator':
      await runSimulator(process.env, firstStopSignal());
      return process.exit(0);
    case 'sms:send':
      return smsSend(
        configFor('send'),
        DATA_DIRECTORY,
        args,
        createLogger({ level: 'silent', production: true }),
      );
    case 'sms:providers':
      return smsProviders(configFor('redis'));
    case 'keys':
      return printKeys();
    default:
      throw new UsageError(
        'usage: main.js serve | migrate | seed <mobile> … | unlock <mobile> … | spend | sms:send <mobile> | sms:providers | simulator | keys',
      );
  }
}

main(process.argv.slice(2)).catch(fail);
