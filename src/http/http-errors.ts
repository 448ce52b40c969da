// Errors below GraphQL (invalid JSON, body too large, unknown path), in the form of GraphQL errors, so that clients need
// only one parser.

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { INTERNAL_ERROR_MESSAGE, type LogError } from '../common/internal-error.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** The body of a GraphQL error response. `code` and `requestId` become extensions. */
export function errorBody(message: string, code?: string, requestId?: string) {
  return { errors: [{ message, extensions: { ...(code && { code }), ...(requestId && { requestId }) } }] };
}

/** Fastify's own message is the bare reason phrase of the status. */
const MESSAGES: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Unsupported Media Type: send the body as application/json.',
};

/** Errors of the client keep their message. Internal errors are logged, and the client gets the request id. */
export function registerErrorHandlers(app: FastifyInstance, logError: LogError): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500)
      return reply.code(status).send(errorBody(MESSAGES[error.code] ?? error.message, error.code));
    logError(request.id, error);
    return reply.code(500).send(errorBody(INTERNAL_ERROR_MESSAGE, 'INTERNAL_SERVER_ERROR', request.id));
  });
}

/** Answers an unknown path before its body is read: no body changes what the path tells. */
export function registerNotFound(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendNotFound(reply);
    else done();
  });
}

/** The answer of an unknown path. */
export function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send(errorBody('Not found'));
}

/** For a URL that cannot be routed. Fastify runs no hooks for it, so the connection closes whether or not a shutdown runs. */
export function rejectUrl({ code }: FastifyError, response: ServerResponse<IncomingMessage>): void {
  response
    .writeHead(400, {
      ...SECURITY_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      connection: 'close',
    })
    .end(JSON.stringify(errorBody('The URL is malformed', code)));
}

const STATUS_BY_CODE: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** For errors that Node finds before there is a request. */
export function rejectConnection({ code }: ConnectionError, socket: Socket): void {
  if (socket.writable) {
    const status = STATUS_BY_CODE[code] ?? 400;
    const reason = STATUS_CODES[status] ?? '';
    const body = JSON.stringify(errorBody(reason, code));
    socket.write(
      `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}
