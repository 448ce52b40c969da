// The HTTP server: all routes, and the graceful shutdown.

import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import type { LogError } from '../common/internal-error.ts';
import type { RequestContext } from '../common/request-context.ts';
import { prepareGracefulShutdown } from './graceful-shutdown.ts';
import { registerErrorHandlers, registerNotFound } from './http-errors.ts';
import { createListener, listen } from './listener.ts';
import { startMetricsServer } from './metrics-server.ts';
import { reportFirstForwarded, stripForwardedPorts } from './request-context.ts';
import { registerGraphql } from './routes/graphql.ts';
import { type HealthChecks, registerHealth } from './routes/health.ts';
import { registerJwks } from './routes/jwks.ts';
import { type RenderMetrics, registerMetrics } from './routes/metrics.ts';
import { type Page, type PageSettings, registerPages } from './routes/pages.ts';
import { type ReportReceiver, registerWebhooks } from './routes/webhooks.ts';
import { registerSecurityHeaders } from './security-headers.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** The port of the metrics, if they are not on `port`. */
  readonly metricsPort: number | undefined;
  /** Proxies whose `X-Forwarded-For` is trusted. Without any, the address of the socket counts. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** How long a stop serves on, so that load balancers see it before the server stops listening. */
  readonly shutdownDrainSeconds: number;
}

export interface ServerDependencies {
  readonly apollo: ApolloServer<RequestContext>;
  readonly health: Omit<HealthChecks, 'isStopping'>;
  readonly metrics: RenderMetrics;
  /** The public keys of the verification tokens, a JWK Set. */
  readonly jwks: unknown;
  readonly pages: PageSettings;
  readonly reports: ReportReceiver;
  /** Resolves when work that outlives its request is done, or after `timeoutMs`. */
  readonly drainBackgroundWork: (timeoutMs: number) => Promise<void>;
  readonly logError: LogError;
  /** Called once, for the first request that a proxy seems to have forwarded although no proxy is trusted. */
  readonly onIgnoredProxy: () => void;
}

export interface RunningServer {
  readonly url: string;
  readonly metricsUrl: string;
  readonly pages: readonly Page[];
  /** Graceful shutdown: resolves when the drain is over, all work in flight is done, and the server is closed. */
  readonly stop: () => Promise<void>;
}

/** @throws ListenError if a port is in use or the host is not an address of this machine. */
export async function startServer(
  settings: ServerSettings,
  dependencies: ServerDependencies,
): Promise<RunningServer> {
  const app = createListener(settings.trustedProxies);
  if (settings.trustedProxies.length > 0) stripForwardedPorts(app);
  else reportFirstForwarded(app, dependencies.onIgnoredProxy);
  const shutdown = prepareGracefulShutdown(app, settings.shutdownDrainSeconds);
  registerErrorHandlers(app, dependencies.logError);
  registerSecurityHeaders(app);
  if (settings.corsOrigins.length > 0) {
    await app.register(cors, { origin: [...settings.corsOrigins], methods: ['GET', 'POST'] });
  }
  registerNotFound(app);
  registerHealth(app, { ...dependencies.health, isStopping: shutdown.isStarted });
  if (settings.metricsPort === undefined) registerMetrics(app, dependencies.metrics);
  registerJwks(app, dependencies.jwks);
  await registerWebhooks(app, dependencies.reports);
  const pages = await registerPages(app, dependencies.pages);
  await dependencies.apollo.start();
  registerGraphql(app, dependencies.apollo);

  const metricsServer = await startMetricsServer(settings, dependencies.metrics);
  const url = await listen(app, settings, 'PORT').catch(async (error) => {
    await metricsServer?.stop();
    throw error;
  });
  return {
    url,
    metricsUrl: `${metricsServer?.url ?? url}/metrics`,
    pages,
    async stop() {
      await shutdown.run(dependencies.drainBackgroundWork);
      await dependencies.apollo.stop();
      // Last: the metrics of the shutdown can still be read.
      await metricsServer?.stop();
    },
  };
}
