// Gets a proof-of-work captcha and solves it: for people who cannot read the image.

import type { CallOptions, Verification } from './create-verification.ts';
import type { ProofOfWorkCaptchaOutcome } from './outcomes.ts';
import type { WorkerMessage } from './proof-of-work.worker.ts';
import { type ProofOfWorkTask, solveProofOfWork } from './solve-proof-of-work.ts';

/** A solution that is about to expire is not used: the request takes time, too. */
const EXPIRY_MARGIN_MS = 5000;

/** The two fields of the input of `requestSmsCode`. */
export interface CaptchaSolution {
  readonly captchaId: string;
  readonly captchaAnswer: string;
}

export type ProofOfWorkError = Exclude<ProofOfWorkCaptchaOutcome, { __typename: 'ProofOfWorkCaptcha' }>;

/** Either the solution, or why there is no task. */
export type SolvedCaptcha =
  | { readonly solution: CaptchaSolution; readonly error?: undefined }
  | { readonly solution?: undefined; readonly error: ProofOfWorkError };

export interface SolveOptions extends CallOptions {
  /** Sees the share of the counters that were tried, from 0 to 1. The solution is somewhere in the upper half. */
  readonly onProgress?: (share: number) => void;
}

/** `false` on pages without HTTPS, where browsers have no WebCrypto: offer the image alone. */
export function canSolveCaptcha(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/**
 * Gets a task and solves it, in a worker where there are workers. A device too slow for the life of a task gets another one.
 *
 * @throws the reason of the `signal`, when it aborts. The work ends then.
 * @example
 * const { solution, error } = await solveCaptcha(verification, { onProgress: (share) => { bar.value = share; } });
 * if (solution) await verification.requestSmsCode({ mobile, ...solution });
 */
export async function solveCaptcha(
  verification: Verification,
  { signal, onProgress = () => {} }: SolveOptions = {},
): Promise<SolvedCaptcha> {
  for (;;) {
    const task = await verification.proofOfWorkCaptcha({ signal });
    if (task.__typename !== 'ProofOfWorkCaptcha') return { error: task };
    const expiresAtMs = Date.now() + task.expiresInSeconds * 1000 - EXPIRY_MARGIN_MS;
    const solve = 'Worker' in globalThis ? solveInWorker : solveHere;
    const captchaAnswer = await solve(task, signal, onProgress);
    // The task is damaged, or the page does not let the worker start.
    if (captchaAnswer === undefined) return { error: { __typename: 'NoResponse' } };
    if (Date.now() < expiresAtMs) return { solution: { captchaId: task.id, captchaAnswer } };
  }
}

type Solver = (
  task: ProofOfWorkTask,
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
) => Promise<string | undefined>;

const solveHere: Solver = (task, signal, onProgress) =>
  solveProofOfWork(task, (share) => {
    signal?.throwIfAborted();
    onProgress(share);
  });

/** The page stays responsive, and ending the worker ends the work. */
const solveInWorker: Solver = ({ id, salt, iterations, prefix, largestCounter }, signal, onProgress) => {
  const worker = new Worker(new URL('./proof-of-work.worker.js', import.meta.url), { type: 'module' });
  const answer = new Promise<string | undefined>((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    worker.addEventListener('error', () => resolve(undefined));
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if ('share' in data) onProgress(data.share);
      else resolve(data.answer);
    });
    worker.postMessage({ id, salt, iterations, prefix, largestCounter });
  });
  return answer.finally(() => worker.terminate());
};
