// From an HTTP request to what resolvers may know of it.

import type { FastifyRequest } from 'fastify';
import { clientNetwork } from '../common/client-network.ts';
import { localeOf } from '../common/locale.ts';
import type { RequestContext } from '../common/request-context.ts';

export function requestContext(
  request: Pick<FastifyRequest, 'id' | 'headers' | 'ip' | 'socket'>,
): RequestContext {
  return {
    requestId: request.id,
    locale: localeOf(request.headers['accept-language']),
    clientAddress: countedAddress(request),
  };
}

/** A trusted proxy that forwards something that is no address is itself the one who is counted. */
function countedAddress(request: Pick<FastifyRequest, 'id' | 'headers' | 'ip' | 'socket'>): string {
  try {
    return clientNetwork(request.ip);
  } catch {
    return clientNetwork(request.socket.remoteAddress ?? '0.0.0.0');
  }
}
