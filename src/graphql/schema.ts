// Builds the executable schema from the resolvers of the features.

import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ContainerType, type NonEmptyArray } from 'type-graphql';

// biome-ignore lint/complexity/noBannedTypes: TypeGraphQL types resolver classes as Function.
export type ResolverClasses = NonEmptyArray<Function>;

/** `container` returns the instance of a resolver class. Printing the schema needs none. */
export function createSchema(resolvers: ResolverClasses, container?: ContainerType): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers,
    ...(container && { container }),
    // The use cases check their input themselves and return domain errors.
    validate: false,
  });
  // TypeGraphQL has no option for the descriptions of the root types.
  describe(
    schema.getQueryType(),
    'Queries send no SMS and change no user. Send each document as JSON to `POST /graphql`. An operation selects one root ' +
      'field.',
  );
  describe(
    schema.getMutationType(),
    'The steps of a verification, in the order in which a client calls them: request a code, verify it, register the user.',
  );
  // That of the package joins two sentences without a space, and says less.
  describe(
    schema.getType('DateTimeISO'),
    'An instant in UTC as a string in the form of ISO 8601 and RFC 3339, with milliseconds: `2026-03-02T00:30:01.000Z`.',
  );
  return schema;
}

function describe(type: { description?: unknown } | null | undefined, description: string): void {
  if (type) type.description = description;
}
