// `/graphql`: Apollo behind Fastify.

import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../../common/request-context.ts';
import { errorBody } from '../http-errors.ts';
import { requestContext } from '../request-context.ts';

export function registerGraphql(app: FastifyInstance, apollo: ApolloServer<RequestContext>): void {
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    // A captcha is secret and an error message is in one language: no cache may store a response.
    reply
      .header('cache-control', 'no-store')
      .header('vary', 'accept-language, origin')
      .header('x-request-id', request.id);
    done();
  };
  const handler = fastifyApolloHandler(apollo, {
    context: async (request, reply) => requestContext(request, reply),
  });
  app.route({ method: ['GET', 'POST'], url: '/graphql', onRequest, handler });
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    onRequest,
    handler: async (_request, reply) =>
      reply.code(405).header('allow', 'GET, POST').send(errorBody('Method not allowed')),
  });
}
