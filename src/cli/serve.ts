// `yanzheng serve`: the service, from its start to the end of its graceful shutdown.

import { startApp } from '../app.ts';
import { loadConfig } from '../config/load-config.ts';
import { shutdownTimeoutMs } from '../config/time-budgets.ts';
import { createLogger } from '../observability/logger.ts';
import { startTracing } from '../observability/start-tracing.ts';
import type { Command } from './command.ts';
import { startBanner } from './start-banner.ts';
import { firstStopSignal } from './stop-signal.ts';

export interface ServeOptions {
  readonly version: string;
  /** The build directory of web/. */
  readonly pagesDirectory: string;
  /** Ends the process with an error. */
  readonly fail: (error: unknown) => never;
}

export function serveCommand({ version, pagesDirectory, fail }: ServeOptions): Command {
  return {
    name: 'serve',
    args: '',
    summary: 'Starts the service (the default)',
    help: [
      'It runs until SIGTERM, SIGINT or SIGHUP, then shuts down gracefully: see docs/operations.md. Invalid settings stop the start',
      'with exit code 1, and the message lists all of them.',
    ],
    /** @throws the errors of main.ts that an operator can fix. */
    async run({ environment, dataDirectory, progress }) {
      const config = loadConfig(environment, 'serve');
      const { logLevel: level, production } = config;
      const tracing = await startTracing(config.traces, version);
      const logger = createLogger({ level, production, traceId: tracing?.traceId });
      const stopSignal = firstStopSignal();
      const app = await startApp(config, {
        logger,
        version,
        ...(tracing && { tracing }),
        dataDirectory,
        pagesDirectory,
        print: progress,
      });
      const isAnyPageEnabled = Object.values(config.pages).some((isEnabled) => isEnabled);
      if (isAnyPageEnabled && app.pages.length === 0)
        logger.warn('the pages are not built, run: npm run build');
      const { url, metricsUrl } = app;
      const pages = app.pages.map(({ path }) => path);
      if (production) logger.info({ url, metricsUrl, pages }, 'listening');
      else progress(startBanner(config, url, app.pages));

      logger.info({ signal: await stopSignal }, 'stopping');
      // Graceful shutdown: the load balancer turns away, in-flight requests finish, then the connections close.
      const timeoutMs = shutdownTimeoutMs(config.http.shutdownDrainSeconds);
      setTimeout(
        () => fail(`The shutdown exceeded ${timeoutMs} ms. Connections were cut.`),
        timeoutMs,
      ).unref();
      await app.stop();
      await tracing?.stop();
      process.exit(0);
    },
  };
}
