// What the `errors` array may say: of a broken document, what is wrong with it; of a fault of ours, only its request id.

import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../common/request-context.ts';

export const INTERNAL_ERROR_MESSAGE = 'Internal server error';

/** Longer messages quote the document. */
const LONGEST_MESSAGE = 200;
/** Some errors have one for every place that a name occurs at. */
const MOST_LOCATIONS = 4;

/** Whatever was thrown in a resolver; what GraphQL itself finds wrong is a GraphQLError and the caller's. */
function isInternalError(error: unknown): boolean {
  return !(unwrapResolverError(error) instanceof GraphQLError);
}

/** GraphQL leaves some of its refusals without a code: a subscription, too many wrong variables. */
export function codeOf(error: unknown): string {
  return String((error as GraphQLError).extensions?.code ?? ApolloServerErrorCode.BAD_USER_INPUT);
}

/** Drops suggestions, inner messages and every extension but the code, and cuts short what grows with the document. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const isFault = isInternalError(error);
  const code = isFault ? ApolloServerErrorCode.INTERNAL_SERVER_ERROR : codeOf(error);
  const plain = formatted.message.replace(/ ?Did you mean[\s\S]*$/, '');
  return {
    message: isFault ? INTERNAL_ERROR_MESSAGE : plain.slice(0, LONGEST_MESSAGE),
    ...(formatted.locations && { locations: formatted.locations.slice(0, MOST_LOCATIONS) }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code },
  };
}

export type LogError = (requestId: string, error: unknown) => void;

/** Logs a fault under the id that the caller is told. */
export function faultRequestIds(logError: LogError): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) {
            if (isInternalError(error)) logError(contextValue.requestId, unwrapResolverError(error));
          }
        },
        async willSendResponse({ response, contextValue }) {
          if (response.body.kind !== 'single') return;
          for (const { extensions } of response.body.singleResult.errors ?? []) {
            if (extensions?.code === ApolloServerErrorCode.INTERNAL_SERVER_ERROR) {
              extensions.requestId = contextValue.requestId;
            }
          }
        },
      };
    },
  };
}
