// HTTP status of a document that cannot be executed.

import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { codeOf } from './format-errors.ts';

const OF_THE_DOCUMENT = new Set<string>([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.BAD_USER_INPUT,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
]);

/**
 * GraphQL over HTTP wants 200 for it when the client takes only `application/json`, where a 400 might come from any
 * server on the way; a client of `application/graphql-response+json` keeps Apollo's 400.
 */
export const responseStatus: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response, errors }) {
        if (response.http.status !== 400 || !request.query || !errors?.length) return;
        if (request.http?.headers.get('accept')?.includes('application/graphql-response+json')) return;
        if (errors.every((error) => OF_THE_DOCUMENT.has(codeOf(error)))) response.http.status = 200;
      },
    };
  },
};
