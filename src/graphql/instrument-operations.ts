// Reports the outcome and the duration of every operation, and traces it.

import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../common/request-context.ts';
import type { Tracing } from '../common/tracing.ts';

/** `outcome` is the GraphQL type of the result, or `InternalError`. */
export type ObserveOperation = (operation: string, outcome: string, seconds: number) => void;

/** Wraps the resolvers of the root fields only: wrapping every field costs a tenth of the throughput. */
export function instrumentOperations(
  schema: GraphQLSchema,
  observe: ObserveOperation,
  tracing: Tracing,
): void {
  for (const [kind, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const resolve = field.resolve ?? defaultFieldResolver;
      // The name of the field, not the one that the client gives to its operation.
      const attributes = { 'graphql.operation.type': kind, 'graphql.operation.name': field.name };
      const name = `${kind} ${field.name}`;
      field.resolve = async (...args) => {
        const { requestId, traceParent }: RequestContext = args[2];
        const started = {
          name,
          kind: 'server',
          attributes: { ...attributes, 'yanzheng.request_id': requestId },
          parent: traceParent,
        } as const;
        return tracing.run(started, async (end) => {
          const startedMs = performance.now();
          let outcome = 'InternalError';
          try {
            const result = await resolve(...args);
            outcome = (result as object).constructor.name;
            return result;
          } finally {
            observe(field.name, outcome, (performance.now() - startedMs) / 1000);
            end({ 'yanzheng.outcome': outcome });
          }
        });
      };
    }
  }
}
