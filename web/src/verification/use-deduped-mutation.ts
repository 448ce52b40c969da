// A mutation that runs once at a time, and whose failure is an outcome like any other.

import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';
import type { NoResponse } from './outcomes';

/** Asks, and whether an answer is awaited. The function never throws and stays the same between renderings. */
export type Ask<Input, Outcome> = readonly [ask: (input: Input) => Promise<Outcome>, isRunning: boolean];

/**
 * `field` is the one that the mutation asks for. A call with the input of the one that runs joins it, so that a double
 * click is one request; a call with another input waits for its turn.
 */
export function useDedupedMutation<Field extends string, Input, Outcome>(
  mutation: TypedDocumentNode<Record<Field, Outcome>, { input: Input } & OperationVariables>,
  field: Field,
): Ask<Input, Outcome | NoResponse> {
  const client = useApolloClient();
  const last = useRef<{ readonly input: string; readonly outcome: Promise<Outcome | NoResponse> }>(undefined);
  const [isRunning, setRunning] = useState(false);

  const ask = useCallback(
    (input: Input) => {
      const run = async (): Promise<Outcome | NoResponse> => {
        try {
          const { data } = await client.mutate<Record<string, Outcome>>({
            mutation,
            variables: { input },
            fetchPolicy: 'no-cache', // tokens and mobiles are nobody's to keep
          });
          return data?.[field] ?? { __typename: 'NoResponse' };
        } catch {
          return { __typename: 'NoResponse' };
        }
      };
      const written = JSON.stringify(input);
      if (last.current?.input === written) return last.current.outcome;
      setRunning(true);
      const call = { input: written, outcome: last.current ? last.current.outcome.then(run) : run() };
      last.current = call;
      void call.outcome.then(() => {
        if (last.current !== call) return;
        last.current = undefined;
        setRunning(false);
      });
      return call.outcome;
    },
    [client, mutation, field],
  );
  return [ask, isRunning];
}
