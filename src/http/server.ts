// The HTTP server: Fastify with its limits, and all routes.

import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance } from 'fastify';
import type { LogError } from '../common/internal-error.ts';
import type { RequestContext } from '../common/request-context.ts';
import {
  HTTP_HEADERS_TIMEOUT_MS,
  HTTP_IDLE_CONNECTION_TIMEOUT_MS,
  HTTP_KEEP_ALIVE_BUFFER_MS,
  HTTP_KEEP_ALIVE_TIMEOUT_MS,
  HTTP_REQUEST_TIMEOUT_MS,
  HTTP_TIMEOUT_CHECK_INTERVAL_MS,
} from '../config/time-budgets.ts';
import { prepareGracefulShutdown } from './graceful-shutdown.ts';
import { registerErrorHandlers, registerNotFound, rejectConnection, rejectUrl } from './http-errors.ts';
import { stripForwardedPorts } from './request-context.ts';
import { registerGraphql } from './routes/graphql.ts';
import { type HealthChecks, registerHealth } from './routes/health.ts';
import { registerJwks } from './routes/jwks.ts';
import { type RenderMetrics, registerMetrics } from './routes/metrics.ts';
import { type Page, type PageSettings, registerPages } from './routes/pages.ts';
import { type ReportReceiver, registerWebhooks } from './routes/webhooks.ts';
import { registerSecurityHeaders, setSecurityHeaders } from './security-headers.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
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
}

export interface RunningServer {
  readonly url: string;
  readonly pages: readonly Page[];
  /** Graceful shutdown: resolves when the drain is over, all work in flight is done, and the server is closed. */
  readonly stop: () => Promise<void>;
}

export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const BODY_LIMIT_BYTES = 16 * 1024;
const HEADER_LIMIT_BYTES = 8 * 1024;

/** @throws ListenError if the port is in use or the host is not an address of this machine. */
export async function startServer(
  settings: ServerSettings,
  dependencies: ServerDependencies,
): Promise<RunningServer> {
  const app = createFastify(settings);
  if (settings.trustedProxies.length > 0) stripForwardedPorts(app);
  const shutdown = prepareGracefulShutdown(app, settings.shutdownDrainSeconds);
  registerErrorHandlers(app, dependencies.logError);
  registerSecurityHeaders(app);
  if (settings.corsOrigins.length > 0) {
    await app.register(cors, { origin: [...settings.corsOrigins], methods: ['GET', 'POST'] });
  }
  registerNotFound(app);
  registerHealth(app, { ...dependencies.health, isStopping: shutdown.isStarted });
  registerMetrics(app, dependencies.metrics);
  registerJwks(app, dependencies.jwks);
  await registerWebhooks(app, dependencies.reports);
  const pages = await registerPages(app, dependencies.pages);
  await dependencies.apollo.start();
  registerGraphql(app, dependencies.apollo);

  await listen(app, settings);
  return {
    url: urlOf(settings.host, app.server.address() as AddressInfo),
    pages,
    async stop() {
      await shutdown.run(dependencies.drainBackgroundWork);
      await dependencies.apollo.stop();
    },
  };
}

async function listen(app: FastifyInstance, { host, port }: ServerSettings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new ListenError(`Cannot listen on HOST ${host}, PORT ${port}: ${(error as Error).message}`);
  }
}

function createFastify({ trustedProxies }: ServerSettings): FastifyInstance {
  return Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
    connectionTimeout: HTTP_IDLE_CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: HTTP_KEEP_ALIVE_TIMEOUT_MS,
    http: {
      headersTimeout: HTTP_HEADERS_TIMEOUT_MS,
      keepAliveTimeoutBuffer: HTTP_KEEP_ALIVE_BUFFER_MS,
      connectionsCheckingInterval: HTTP_TIMEOUT_CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_LIMIT_BYTES,
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => randomBytes(12).toString('base64url'),
    // The graceful shutdown decides when connections close. A request that arrives before is answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) =>
      setSecurityHeaders(request.raw, reply.raw, () => rejectUrl(error, reply.raw)),
    clientErrorHandler: rejectConnection,
  });
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
