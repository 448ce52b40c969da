// What is answered below GraphQL (no JSON, too large, no such path), in GraphQL's form, so that one parser reads it all.

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance } from 'fastify';
import { INTERNAL_ERROR_MESSAGE, type LogError } from '../graphql/format-errors.ts';

export function errorBody(message: string, code?: string, requestId?: string) {
  return { errors: [{ message, extensions: { ...(code && { code }), ...(requestId && { requestId }) } }] };
}

export function answerFaults(app: FastifyInstance, logError: LogError): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(errorBody('Not found')));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send(errorBody(error.message, error.code));
    logError(request.id, error);
    return reply.code(500).send(errorBody(INTERNAL_ERROR_MESSAGE, 'INTERNAL_SERVER_ERROR', request.id));
  });
}

/** A URL that leads to no handler, not even to the one for what is not found; no hook runs for it. */
export function refuseUrl({ code }: FastifyError, response: ServerResponse<IncomingMessage>): void {
  response
    .writeHead(400, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(errorBody('The URL is malformed', code)));
}

const STATUS_OF: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** What Node finds wrong before there is a request. */
export function refuseConnection({ code }: ConnectionError, socket: Socket): void {
  if (socket.writable) {
    const status = STATUS_OF[code] ?? 400;
    const reason = STATUS_CODES[status] ?? '';
    const body = JSON.stringify(errorBody(reason, code));
    socket.write(
      `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}
