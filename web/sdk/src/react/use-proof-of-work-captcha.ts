// The captcha that the device solves, for people who cannot read the image.

import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ProofOfWorkCaptchaDocument } from './generated/graphql';
import type { ProofOfWorkCaptchaOutcome } from './outcomes';
import type { WorkerMessage } from './proof-of-work.worker';
import type { ProofOfWorkTask } from './solve-proof-of-work';

/** A solution that is about to expire is not used: the request takes time, too. */
const EXPIRY_MARGIN_MS = 5000;

/** What `requestSmsCode` takes. */
export interface CaptchaSolution {
  readonly captchaId: string;
  readonly captchaAnswer: string;
}

export interface ProofOfWorkCaptchaState {
  /** `false` on pages without HTTPS, where browsers have no WebCrypto: offer the image alone. */
  readonly isSupported: boolean;
  readonly isSolving: boolean;
  /** The share of the counters that were tried, from 0 to 1. The solution is somewhere in the upper half. */
  readonly progress: number;
  /** Why there is no task: an error of the service, or no response. `undefined` if there was none. */
  readonly error: ProofOfWorkError | undefined;
  /**
   * Gets a task and solves it. While it runs, another call joins it. A solution is returned once.
   * @returns `undefined` after `cancel`, and after an error, which is in `error` then.
   */
  readonly solve: () => Promise<CaptchaSolution | undefined>;
  /** Ends the work. */
  readonly cancel: () => void;
}

export type ProofOfWorkError = Exclude<ProofOfWorkCaptchaOutcome, { __typename: 'ProofOfWorkCaptcha' }>;

/**
 * A captcha that the device solves, in a worker, within some seconds. It ends with the component.
 *
 * @example
 * const work = useProofOfWorkCaptcha();
 * const solution = await work.solve();
 * if (solution) await requestSmsCode({ mobile, ...solution });
 * // while it runs: <progress value={work.progress} />
 */
export function useProofOfWorkCaptcha(): ProofOfWorkCaptchaState {
  const client = useApolloClient();
  const [isSolving, setSolving] = useState(false);
  const [progress, setProgress] = useState(0);
  const [error, setError] = useState<ProofOfWorkError>();
  const running = useRef<{ readonly result: Promise<CaptchaSolution | undefined>; readonly end: () => void }>(
    undefined,
  );

  const cancel = useCallback(() => running.current?.end(), []);
  useEffect(() => cancel, [cancel]);

  const solve = useCallback(() => {
    if (running.current) return running.current.result;
    const ending = new AbortController();
    const work = async (): Promise<CaptchaSolution | undefined> => {
      for (;;) {
        const outcome = await queryTask(client);
        if (ending.signal.aborted) return undefined;
        if (outcome.__typename !== 'ProofOfWorkCaptcha') {
          setError(outcome);
          return undefined;
        }
        const expiresAtMs = Date.now() + outcome.expiresInSeconds * 1000 - EXPIRY_MARGIN_MS;
        const captchaAnswer = await solveInWorker(outcome, ending.signal, setProgress);
        if (captchaAnswer === undefined) return undefined;
        // The device was too slow, or it slept: another task.
        if (Date.now() < expiresAtMs) return { captchaId: outcome.id, captchaAnswer };
      }
    };
    setSolving(true);
    setProgress(0);
    setError(undefined);
    const result = work().finally(() => {
      running.current = undefined;
      setSolving(false);
    });
    running.current = { result, end: () => ending.abort() };
    return result;
  }, [client]);

  return {
    isSupported: isSecureContext && 'Worker' in globalThis,
    isSolving,
    progress,
    error,
    solve,
    cancel,
  };
}

async function queryTask(client: ReturnType<typeof useApolloClient>): Promise<ProofOfWorkCaptchaOutcome> {
  try {
    const { data } = await client.query({
      query: ProofOfWorkCaptchaDocument,
      fetchPolicy: 'no-cache',
      context: { queryDeduplication: false },
    });
    return data ? data.proofOfWorkCaptcha : { __typename: 'NoResponse' };
  } catch {
    return { __typename: 'NoResponse' };
  }
}

/** Resolves to `undefined` when the signal aborts, or if the worker fails. */
function solveInWorker(
  { id, salt, iterations, prefix, largestCounter }: ProofOfWorkTask,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<string | undefined> {
  const worker = new Worker(new URL('./proof-of-work.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<string | undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined));
    worker.addEventListener('error', () => resolve(undefined));
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if ('share' in data) onProgress(data.share);
      else resolve(data.answer);
    });
    worker.postMessage({ id, salt, iterations, prefix, largestCounter });
  }).finally(() => worker.terminate());
}
