// The executable schema, from the resolvers of the features.

import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ContainerType, type NonEmptyArray } from 'type-graphql';

// biome-ignore lint/complexity/noBannedTypes: TypeGraphQL names resolver classes by the type Function.
export type ResolverClasses = NonEmptyArray<Function>;

/** `container` gives the instance of a resolver class; writing the schema down needs none. */
export function createSchema(resolvers: ResolverClasses, container?: ContainerType): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers,
    ...(container && { container }),
    // Fields are checked by the flows, which answer with typed refusals.
    validate: false,
  });
  // TypeGraphQL has no place for these two.
  describe(
    schema.getQueryType(),
    'What can be asked for without changing a mobile or a user. Send each document as JSON by `POST /graphql`, with one ' +
      'field of this type or of `Mutation`.',
  );
  describe(schema.getMutationType(), 'The steps of a verification, in the order in which a page takes them.');
  return schema;
}

function describe(type: { description?: unknown } | null | undefined, description: string): void {
  if (type) type.description = description;
}
