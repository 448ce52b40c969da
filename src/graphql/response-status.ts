// The HTTP status of a document that cannot be executed.

import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { codeOf } from './format-errors.ts';

const DOCUMENT_ERRORS = new Set<string>([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.BAD_USER_INPUT,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
]);

/**
 * GraphQL over HTTP requires status 200 for a client that accepts only `application/json`, since a 400 might come from any
 * server in between. A client that accepts `application/graphql-response+json` gets the 400 of Apollo.
 */
export const responseStatus: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response, errors }) {
        if (response.http.status !== 400 || !request.query || !errors?.length) return;
        if (request.http?.headers.get('accept')?.includes('application/graphql-response+json')) return;
        if (errors.every((error) => DOCUMENT_ERRORS.has(codeOf(error)))) response.http.status = 200;
      },
    };
  },
};
