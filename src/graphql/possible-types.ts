// The members of each union and interface, in the form that Apollo Client takes.

import { type GraphQLSchema, isAbstractType } from 'graphql';

/** Without it, `... on UserError` matches nothing in the cache of Apollo Client, and reports no error. */
export function possibleTypes(schema: GraphQLSchema): Record<string, string[]> {
  const abstractTypes = Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .filter(({ name }) => !name.startsWith('__'));
  return Object.fromEntries(
    abstractTypes.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}
