// Validation rules against documents that ask for many things at once: one HTTP request is one operation here, so that
// what counts requests counts deeds.

import {
  type ASTNode,
  type ASTVisitor,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

type NodeOf<K extends Kind> = Extract<ASTNode, { readonly kind: K }>;

/** No operation may select more than `limit` root fields, through fragments or not. `__typename` and the like are free. */
export function maxRootFields(limit: number): ValidationRule {
  return counting(
    Kind.OPERATION_DEFINITION,
    0,
    ({ selectionSet }, context) => rootFields(context, selectionSet, new Set()) > limit,
    `An operation may select at most ${limit} root field(s).`,
  );
}

/** A fragment is counted where it is spread the first time; a spread of it elsewhere selects the same fields again. */
function rootFields(context: ValidationContext, { selections }: SelectionSetNode, seen: Set<string>): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      if (!selection.name.value.startsWith('__')) count += 1;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count += rootFields(context, selection.selectionSet, seen);
    } else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) count += rootFields(context, fragment.selectionSet, seen);
    }
  }
  return count;
}

export function maxOperations(limit: number): ValidationRule {
  return counting(
    Kind.OPERATION_DEFINITION,
    limit,
    () => true,
    `A document may hold at most ${limit} operations.`,
  );
}

export function maxAliases(limit: number): ValidationRule {
  return counting(
    Kind.FIELD,
    limit,
    (node) => node.alias !== undefined,
    `A document may use at most ${limit} aliases.`,
  );
}

/** Tells of the first node beyond the limit, and of no other: the reply to a long document stays short. */
function counting<K extends Kind.OPERATION_DEFINITION | Kind.FIELD>(
  kind: K,
  limit: number,
  counts: (node: NodeOf<K>, context: ValidationContext) => boolean,
  message: string,
): ValidationRule {
  return (context): ASTVisitor => {
    let count = 0;
    return {
      [kind](node: NodeOf<K>) {
        if (!counts(node, context)) return;
        count += 1;
        if (count === limit + 1) context.reportError(new GraphQLError(message, { nodes: node }));
      },
    };
  };
}
