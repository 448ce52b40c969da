// Apollo Server with all its limits set.

import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { LogError } from '../common/internal-error.ts';
import type { RequestContext } from '../common/request-context.ts';
import { formatError, reportInternalErrors } from './format-errors.ts';
import { maxAliases, maxOperations, maxRootFields } from './query-limits.ts';
import { responseStatus } from './response-status.ts';

/** The complete introspection query has 184 tokens. */
const MAX_TOKENS = 500;
/** The complete introspection query has 240 recursive selections. */
const MAX_RECURSIVE_SELECTIONS = 300;

/** `logError` gets the cause of every internal error. The caller starts and stops the server. */
export function createApollo(schema: GraphQLSchema, logError: LogError): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    // The defaults of Apollo depend on NODE_ENV. Ours do not.
    nodeEnv: 'production',
    // A public API: clients in all languages are generated from it.
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
    formatError,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportInternalErrors(logError),
      responseStatus,
    ],
    // main.ts handles signals.
    stopOnTerminationSignals: false,
    logger: { debug() {}, info() {}, warn() {}, error: (message) => logError('apollo', message) },
  });
}
