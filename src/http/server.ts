// The HTTP server: Fastify with its limits, Apollo on /graphql, the probes beside it.

import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import cors from '@fastify/cors';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import type { GraphQLSchema } from 'graphql';
import helmet, { type HelmetOptions } from 'helmet';
import { withoutPort } from '../common/client-network.ts';
import { createApollo } from '../graphql/apollo.ts';
import type { LogError } from '../graphql/format-errors.ts';
import { answerFaults, errorBody, refuseConnection, refuseUrl } from './http-errors.ts';
import { countRequests } from './in-flight-requests.ts';
import { requestContext } from './request-context.ts';
import { type Probes, registerProbes } from './routes/health.ts';
import { registerJwks } from './routes/jwks.ts';
import { type Pages, registerPages } from './routes/pages.ts';

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Proxies whose `X-Forwarded-For` is believed; with none, the socket's address counts. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
}

export interface ServerDependencies {
  readonly schema: GraphQLSchema;
  readonly probes: Omit<Probes, 'isStopping'>;
  /** Public keys for other backends, a JWK set. */
  readonly jwks: unknown;
  readonly pages: Pages;
  /** Resolves when what outlives its request is done, or after so long. */
  readonly finishWork: (atMostMs: number) => Promise<void>;
  readonly logError: LogError;
}

export interface RunningServer {
  readonly url: string;
  /** Answers 503 to readiness at once, lets running requests finish, then closes. */
  readonly stop: () => Promise<void>;
}

export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** For answers that no browser renders: nothing may be loaded, framed or guessed. Headers of old browsers are left out. */
const SECURITY_HEADERS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

const BODY_LIMIT_BYTES = 16 * 1024;
const HEADER_LIMIT_BYTES = 8 * 1024;
/** With a second for each connection behind it, a stop stays below ten. */
const FINISH_AT_MOST_MS = 6500;
/** Longer than the slowest answer: it waits for the SMS gateway, half a minute at most, and for the stores. */
const SILENCE_MS = 45_000;

export async function startServer(
  settings: ServerSettings,
  parts: ServerDependencies,
): Promise<RunningServer> {
  const app = createFastify(settings);
  if (settings.trustedProxies.length > 0) stripForwardedPorts(app);
  const running = countRequests(app);
  let stopping = false;
  answerFaults(app, parts.logError);
  secureHeaders(app);
  if (settings.corsOrigins.length > 0) {
    await app.register(cors, { origin: [...settings.corsOrigins], methods: ['GET', 'POST'] });
  }
  registerProbes(app, { ...parts.probes, isStopping: () => stopping });
  registerJwks(app, parts.jwks);
  await registerPages(app, parts.pages);
  const apollo = createApollo(parts.schema, parts.logError);
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, { context: async (request) => requestContext(request) });
  registerGraphql(app, handler, () => stopping);

  await listen(app, settings);
  return {
    url: urlOf(settings.host, app.server.address() as AddressInfo),
    async stop() {
      stopping = true;
      await Promise.all([running.finish(FINISH_AT_MOST_MS), parts.finishWork(FINISH_AT_MOST_MS)]);
      await app.close();
      await apollo.stop();
    },
  };
}

/** Fastify's own plugin for helmet builds it anew for each request, which costs as much as executing the operation. */
const setSecurityHeaders = helmet(SECURITY_HEADERS);

function secureHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) =>
    setSecurityHeaders(request.raw, reply.raw, () => done()),
  );
}

/** Fastify would take an address with a port for none, and whoever comes through that proxy for the proxy. */
function stripForwardedPorts(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwardedFor = headers['x-forwarded-for'];
    if (typeof forwardedFor !== 'string') return;
    headers['x-forwarded-for'] = forwardedFor
      .split(',')
      .map((entry) => withoutPort(entry.trim()))
      .join();
  });
}

/** @throws ListenError if another process has the port, or the host is not ours. */
async function listen(app: FastifyInstance, { host, port }: ServerSettings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new ListenError(
      `HOST ${host} with PORT ${port} cannot be listened on: ${(error as Error).message}`,
    );
  }
}

function createFastify({ trustedProxies }: ServerSettings): FastifyInstance {
  return Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    // A request has to arrive within this time, headers and body.
    requestTimeout: 5000,
    connectionTimeout: SILENCE_MS,
    keepAliveTimeout: 5000,
    http: { headersTimeout: 4000, connectionsCheckingInterval: 1000, maxHeaderSize: HEADER_LIMIT_BYTES },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => randomBytes(12).toString('base64url'),
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) =>
      setSecurityHeaders(request.raw, reply.raw, () => refuseUrl(error, reply.raw)),
    clientErrorHandler: refuseConnection,
  });
}

function registerGraphql(app: FastifyInstance, handler: RouteHandlerMethod, isStopping: () => boolean): void {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    // A captcha is a secret for one page, and a refusal is in one person's language.
    reply
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language, origin')
      .header('x-request-id', request.id);
    // What began now could not be finished: its text would leave and its answer be cut off.
    if (isStopping())
      return reply.code(503).header('connection', 'close').send(errorBody('The service is stopping'));
    return undefined;
  };
  app.route({ method: ['GET', 'POST'], url: '/graphql', onRequest, handler });
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: async (_request, reply) =>
      reply.code(405).header('allow', 'GET, POST').send(errorBody('Method not allowed')),
  });
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
