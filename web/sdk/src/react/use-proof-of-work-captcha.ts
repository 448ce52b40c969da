// The captcha that the device solves, for people who cannot read the image.

import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type CaptchaSolution,
  canSolveCaptcha,
  type ProofOfWorkError,
  solveCaptcha,
} from '../solve-captcha.ts';
import { useVerification } from './provider.ts';

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

interface Run {
  readonly solution: Promise<CaptchaSolution | undefined>;
  readonly end: () => void;
}

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
  const verification = useVerification();
  const [isSolving, setSolving] = useState(false);
  const [progress, setProgress] = useState(0);
  const [error, setError] = useState<ProofOfWorkError>();
  const running = useRef<Run>(undefined);

  const cancel = useCallback(() => running.current?.end(), []);
  useEffect(() => cancel, [cancel]);

  const solve = useCallback(() => {
    if (running.current) return running.current.solution;
    const ending = new AbortController();
    const work = async (): Promise<CaptchaSolution | undefined> => {
      try {
        const solved = await solveCaptcha(verification, { signal: ending.signal, onProgress: setProgress });
        setError(solved.error);
        return solved.solution;
      } catch {
        return undefined; // cancelled
      } finally {
        running.current = undefined;
        setSolving(false);
      }
    };
    setSolving(true);
    setProgress(0);
    setError(undefined);
    running.current = { solution: work(), end: () => ending.abort() };
    return running.current.solution;
  }, [verification]);

  return { isSupported: canSolveCaptcha(), isSolving, progress, error, solve, cancel };
}
