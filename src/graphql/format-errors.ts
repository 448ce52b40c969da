// What the `errors` array may contain. An invalid document gets the reason. An internal error gets a constant message and
// the request id, and its cause goes to the log.

import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { INTERNAL_ERROR_MESSAGE, type LogError } from '../common/internal-error.ts';
import type { RequestContext } from '../common/request-context.ts';

/** Longer messages quote the document. */
const MAX_MESSAGE_LENGTH = 200;
/** Some errors have one location for each occurrence of a name. */
const MAX_LOCATIONS = 4;

/** Everything that a resolver threw. Errors that GraphQL itself reports are GraphQLErrors, caused by the client. */
function isInternalError(error: unknown): boolean {
  return !(unwrapResolverError(error) instanceof GraphQLError);
}

/** GraphQL reports some errors without a code: a subscription, too many invalid variables. */
export function codeOf(error: unknown): string {
  return String((error as GraphQLError).extensions?.code ?? ApolloServerErrorCode.BAD_USER_INPUT);
}

/** Apollo's own sentence lists headers of other products, and is longer than the limit. */
const CSRF_MESSAGE = /Cross-Site Request Forgery/;
const CSRF_ADVICE =
  'This operation has been blocked as a potential Cross-Site Request Forgery (CSRF). Send the header ' +
  '`content-type: application/json`, or a header `apollo-require-preflight` that is not empty.';

/** Removes suggestions, inner messages and all extensions but the code, and truncates what grows with the document. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const isInternal = isInternalError(error);
  const code = isInternal ? ApolloServerErrorCode.INTERNAL_SERVER_ERROR : codeOf(error);
  return {
    message: isInternal ? INTERNAL_ERROR_MESSAGE : publicMessage(formatted.message),
    ...(formatted.locations && { locations: formatted.locations.slice(0, MAX_LOCATIONS) }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code },
  };
}

function publicMessage(message: string): string {
  if (CSRF_MESSAGE.test(message)) return CSRF_ADVICE;
  const withoutSuggestion = message.replace(/ ?Did you mean[\s\S]*$/, '');
  if (withoutSuggestion.length <= MAX_MESSAGE_LENGTH) return withoutSuggestion;
  return `${withoutSuggestion.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/\s+\S*$/, '')}…`;
}

/** Logs internal errors under the request id, and adds that id to the response. */
export function reportInternalErrors(logError: LogError): ApolloServerPlugin<RequestContext> {
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
