// A listening HTTP server: Fastify with its limits.

import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { randomRequestId } from '../common/random-id.ts';
import {
  HTTP_HEADERS_TIMEOUT_MS,
  HTTP_IDLE_CONNECTION_TIMEOUT_MS,
  HTTP_KEEP_ALIVE_BUFFER_MS,
  HTTP_KEEP_ALIVE_TIMEOUT_MS,
  HTTP_REQUEST_TIMEOUT_MS,
  HTTP_TIMEOUT_CHECK_INTERVAL_MS,
} from '../config/time-budgets.ts';
import { rejectConnection, rejectUrl } from './http-errors.ts';

export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const BODY_LIMIT_BYTES = 16 * 1024;
const HEADER_LIMIT_BYTES = 8 * 1024;

/** No route has a schema. Without these, Fastify would load its compilers at the start, which costs 50 ms. */
const NO_COMPILERS = {
  buildValidator: () => () => {
    throw new Error('routes have no schema');
  },
  buildSerializer: () => () => {
    throw new Error('routes have no schema');
  },
};

/** @param trustedProxies proxies whose `X-Forwarded-For` is trusted. */
export function createListener(trustedProxies: readonly string[] = []): FastifyInstance {
  return Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    schemaController: { compilersFactory: NO_COMPILERS },
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
    genReqId: randomRequestId,
    // The graceful shutdown decides when connections close. A request that arrives before is answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => rejectUrl(error, reply.raw),
    clientErrorHandler: rejectConnection,
  });
}

/**
 * @param setting the name of the setting with the port.
 * @returns the URL of the server.
 * @throws ListenError if the port is in use or the host is not an address of this machine.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  setting: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new ListenError(`Cannot listen on HOST ${host}, ${setting} ${port}: ${(error as Error).message}`);
  }
  return urlOf(host, app.server.address() as AddressInfo);
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
