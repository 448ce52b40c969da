// Derives the context of resolvers from an HTTP request.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { negotiateLocale } from '../common/locale.ts';
import type { RequestContext } from '../common/request-context.ts';
import type { TraceParent } from '../common/tracing.ts';
import { clientNetwork, stripPort } from './client-network.ts';

type ContextSource = Pick<FastifyRequest, 'id' | 'headers' | 'ip' | 'socket'>;

export function requestContext(request: ContextSource, reply: Pick<FastifyReply, 'raw'>): RequestContext {
  return {
    requestId: request.id,
    locale: negotiateLocale(request.headers['accept-language']),
    clientAddress: clientAddress(request),
    disconnected: () => closeSignal(reply),
    traceParent: traceParent(request),
  };
}

function traceParent({ headers }: ContextSource): TraceParent | undefined {
  const { traceparent, tracestate } = headers;
  return typeof traceparent === 'string'
    ? { traceparent, tracestate: typeof tracestate === 'string' ? tracestate : undefined }
    : undefined;
}

function closeSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const closed = new AbortController();
  if (raw.destroyed) closed.abort();
  else raw.once('close', () => closed.abort());
  return closed.signal;
}

/** If a trusted proxy forwards something that is not an address, the proxy itself is counted. */
function clientAddress(request: ContextSource): string {
  try {
    return clientNetwork(request.ip);
  } catch {
    return clientNetwork(request.socket.remoteAddress ?? '0.0.0.0');
  }
}

/** Fastify does not accept addresses with a port, and would count all clients of such a proxy as the proxy. */
export function stripForwardedPorts(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const forwardedFor = headers['x-forwarded-for'];
    if (typeof forwardedFor === 'string') {
      const entries = forwardedFor.split(',').map((entry) => stripPort(entry.trim()));
      headers['x-forwarded-for'] = entries.join();
    }
    done();
  });
}

/** A client may send the header as well, so it proves no proxy. */
export function reportFirstForwarded(app: FastifyInstance, report: () => void): void {
  let isReported = false;
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    if (!isReported && headers['x-forwarded-for'] !== undefined) {
      isReported = true;
      report();
    }
    done();
  });
}
