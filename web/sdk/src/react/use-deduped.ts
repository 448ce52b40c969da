// Calls of one operation, one at a time.

import { useCallback, useRef, useState } from 'react';
import type { Verification } from '../create-verification.ts';
import { useVerification } from './provider.ts';

/**
 * `call` never rejects, and it is the same function in every render. `isRunning` is true while a request is in flight.
 */
export type DedupedCall<Input, Outcome> = readonly [
  call: (input: Input) => Promise<Outcome>,
  isRunning: boolean,
];

/**
 * Sends one request at a time. A call with the input of the last request joins it, so that a double click sends one
 * request. A call with another input waits until the last request has ended.
 *
 * @param operation the same function in every render.
 */
export function useDeduped<Input, Outcome>(
  operation: (verification: Verification, input: Input) => Promise<Outcome>,
): DedupedCall<Input, Outcome> {
  const verification = useVerification();
  const last = useRef<{ readonly key: string; readonly outcome: Promise<Outcome> }>(undefined);
  const [isRunning, setRunning] = useState(false);

  const call = useCallback(
    (input: Input) => {
      const key = JSON.stringify(input);
      if (last.current?.key === key) return last.current.outcome;
      const send = () => operation(verification, input);
      setRunning(true);
      const current = { key, outcome: last.current ? last.current.outcome.then(send) : send() };
      last.current = current;
      void current.outcome.then(() => {
        if (last.current !== current) return;
        last.current = undefined;
        setRunning(false);
      });
      return current.outcome;
    },
    [verification, operation],
  );
  return [call, isRunning];
}
