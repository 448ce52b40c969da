// A mutation that deduplicates calls with the same input and never throws.

import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';
import type { NoResponse } from './outcomes';

/**
 * `mutate` sends the mutation. It never throws, and it is the same function in every render. `isRunning` is true while
 * a request is in flight.
 */
export type MutationTuple<Input, Outcome> = readonly [
  mutate: (input: Input) => Promise<Outcome>,
  isRunning: boolean,
];

/**
 * Sends one request at a time. A call with the input of the last request joins it, so that a double click sends one
 * request. A call with another input waits until the last request has ended. `field` is the field of the mutation.
 */
export function useDedupedMutation<Field extends string, Input, Outcome>(
  mutation: TypedDocumentNode<Record<Field, Outcome>, { input: Input } & OperationVariables>,
  field: Field,
): MutationTuple<Input, Outcome | NoResponse> {
  const client = useApolloClient();
  const last = useRef<{ readonly key: string; readonly outcome: Promise<Outcome | NoResponse> }>(undefined);
  const [isRunning, setRunning] = useState(false);

  const mutate = useCallback(
    (input: Input) => {
      const send = async (): Promise<Outcome | NoResponse> => {
        try {
          const { data } = await client.mutate<Record<string, Outcome>>({
            mutation,
            variables: { input },
            fetchPolicy: 'no-cache', // Tokens and mobiles must not stay in the cache.
          });
          return data?.[field] ?? { __typename: 'NoResponse' };
        } catch {
          return { __typename: 'NoResponse' };
        }
      };
      const key = JSON.stringify(input);
      if (last.current?.key === key) return last.current.outcome;
      setRunning(true);
      const call = { key, outcome: last.current ? last.current.outcome.then(send) : send() };
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
  return [mutate, isRunning];
}
