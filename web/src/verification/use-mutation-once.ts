// A mutation that runs once at a time, and whose failure is an outcome like any other.

import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';
import type { NoAnswer } from './outcomes.ts';

/** Asks, and whether an answer is awaited. The function never throws and stays the same between renderings. */
export type Ask<Input, Outcome> = readonly [ask: (input: Input) => Promise<Outcome>, isRunning: boolean];

/**
 * `field` is the one that the mutation asks for. While one call runs, every other one joins it: a double click is one
 * request.
 */
export function useMutationOnce<Field extends string, Input, Outcome>(
  mutation: TypedDocumentNode<Record<Field, Outcome>, { input: Input } & OperationVariables>,
  field: Field,
): Ask<Input, Outcome | NoAnswer> {
  const client = useApolloClient();
  const running = useRef<Promise<Outcome | NoAnswer>>(undefined);
  const [isRunning, setRunning] = useState(false);

  const ask = useCallback(
    (input: Input) => {
      const run = async (): Promise<Outcome | NoAnswer> => {
        setRunning(true);
        try {
          const { data } = await client.mutate<Record<string, Outcome>>({ mutation, variables: { input } });
          return data?.[field] ?? { __typename: 'NoAnswer' };
        } catch {
          return { __typename: 'NoAnswer' };
        } finally {
          running.current = undefined;
          setRunning(false);
        }
      };
      running.current ??= run();
      return running.current;
    },
    [client, mutation, field],
  );
  return [ask, isRunning];
}
