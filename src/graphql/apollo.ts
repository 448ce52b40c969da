// Apollo Server with every limit that it knows set.

import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { RequestContext } from '../common/request-context.ts';
import { faultRequestIds, formatError, type LogError } from './format-errors.ts';
import { maxAliases, maxOperations, maxRootFields } from './query-limits.ts';
import { responseStatus } from './response-status.ts';

/** The complete introspection query has 184 tokens. */
const MAX_TOKENS = 500;
/** The complete introspection query selects 240 times through itself. */
const MAX_RECURSIVE_SELECTIONS = 300;

export function createApollo(schema: GraphQLSchema, logError: LogError): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    // Apollo's defaults follow NODE_ENV; ours do not.
    nodeEnv: 'production',
    // A public API: clients in every language are generated from it.
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    maxRecursiveSelections: MAX_RECURSIVE_SELECTIONS,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationOptions: { maxErrors: 5 },
    executionOptions: { maxCoercionErrors: 5 },
    validationRules: [maxRootFields(1), maxOperations(5), maxAliases(4)],
    formatError: formatError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      faultRequestIds(logError),
      responseStatus,
    ],
    // The process's own end is handled where the process is.
    stopOnTerminationSignals: false,
    logger: { debug() {}, info() {}, warn() {}, error: (message) => logError('apollo', message) },
  });
}
