// Validation rules that bound a document. One HTTP request is one operation with one root field, so a limit on requests is
// a limit on operations.

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

/** Bounds the root fields of an operation, including those in fragments. Introspection fields such as `__typename` are free. */
export function maxRootFields(limit: number): ValidationRule {
  return maxNodes({
    kind: Kind.OPERATION_DEFINITION,
    limit: 0,
    counts: ({ selectionSet }, context) => countRootFields(context, selectionSet, new Set()) > limit,
    message: `An operation may select at most ${limit} root field(s).`,
  });
}

/** A fragment counts where it is spread first: a second spread selects the same fields again. */
function countRootFields(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  seenFragments: Set<string>,
): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      if (!selection.name.value.startsWith('__')) count += 1;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count += countRootFields(context, selection.selectionSet, seenFragments);
    } else if (!seenFragments.has(selection.name.value)) {
      seenFragments.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) count += countRootFields(context, fragment.selectionSet, seenFragments);
    }
  }
  return count;
}

/** Bounds the operations of a document, of which one is executed. */
export function maxOperations(limit: number): ValidationRule {
  return maxNodes({
    kind: Kind.OPERATION_DEFINITION,
    limit,
    counts: () => true,
    message: `A document may contain at most ${limit} operations.`,
  });
}

/** Bounds the aliases of a document: without aliases no field can be selected twice. */
export function maxAliases(limit: number): ValidationRule {
  return maxNodes({
    kind: Kind.FIELD,
    limit,
    counts: (node) => node.alias !== undefined,
    message: `A document may use at most ${limit} aliases.`,
  });
}

interface NodeLimit<K extends Kind> {
  readonly kind: K;
  readonly limit: number;
  readonly counts: (node: NodeOf<K>, context: ValidationContext) => boolean;
  readonly message: string;
}

/** Reports only the first node beyond the limit, so the response to a long document stays short. */
function maxNodes<K extends Kind.OPERATION_DEFINITION | Kind.FIELD>({
  kind,
  limit,
  counts,
  message,
}: NodeLimit<K>): ValidationRule {
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
