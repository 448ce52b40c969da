// The captcha of one form.

import { useCallback, useEffect, useState } from 'react';
import { onEvents } from '../on-events.ts';
import { onceVisibleAfter } from '../once-visible-after.ts';
import type { ImageCaptchaOutcome } from '../outcomes.ts';
import { useVerification } from './provider.ts';

/** A captcha is renewed before it expires: answering an expired one wastes the effort. */
const RENEW_BEFORE_EXPIRY_SECONDS = 10;
/** The delay after `NoResponse`, which carries no `retryAfterSeconds`, and the minimum between two captchas. */
const MIN_RENEWAL_INTERVAL_SECONDS = 5;

export interface ImageCaptchaState {
  /** The last outcome; `undefined` before the first. It stays while the next captcha loads, so that the layout is stable. */
  readonly outcome: ImageCaptchaOutcome | undefined;
  readonly isLoading: boolean;
  /** Loads a new captcha. The current one must not be used any more. */
  readonly renew: () => void;
}

/**
 * Loads a captcha that belongs to the calling component. While the page is visible, the hook renews the captcha before
 * it expires. After an error it tries again: when `retryAfterSeconds` has passed, or when the network is back. The double
 * effects of React's StrictMode load one captcha.
 *
 * @example
 * const { outcome, isLoading, renew } = useImageCaptcha();
 * if (outcome?.__typename === 'ImageCaptcha')
 *   return <img src={outcome.image} width={outcome.width} height={outcome.height} alt="Four characters" />;
 */
export function useImageCaptcha(): ImageCaptchaState {
  const verification = useVerification();
  const [outcome, setOutcome] = useState<ImageCaptchaOutcome>();
  const [isLoading, setLoading] = useState(true);
  const [generation, setGeneration] = useState(1);
  const renew = useCallback(() => {
    setLoading(true);
    setGeneration((current) => current + 1);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each generation is a new captcha
  useEffect(() => {
    let isCurrent = true;
    const load = async () => {
      // StrictMode cleans up the first effect synchronously: by now it is known whether this effect counts.
      await Promise.resolve();
      if (!isCurrent) return;
      const next = await verification.imageCaptcha();
      if (!isCurrent) return;
      setOutcome(next);
      setLoading(false);
    };
    void load();
    return () => {
      isCurrent = false;
    };
  }, [verification, generation]);

  useEffect(() => {
    if (outcome === undefined) return;
    const renewAtMs = Date.now() + renewAfterSeconds(outcome) * 1000;
    const cancelRenewal = onceVisibleAfter(renewAtMs, renew);
    const stopListening =
      outcome.__typename === 'ImageCaptcha' ? () => {} : onEvents([[window, 'online']], renew);
    return () => {
      cancelRenewal();
      stopListening();
    };
  }, [outcome, renew]);

  return { outcome, isLoading, renew };
}

function renewAfterSeconds(outcome: ImageCaptchaOutcome): number {
  if (outcome.__typename === 'NoResponse') return MIN_RENEWAL_INTERVAL_SECONDS;
  if (outcome.__typename !== 'ImageCaptcha') return Math.max(1, outcome.retryAfterSeconds);
  const lifetime = outcome.expiresInSeconds;
  // A short-lived captcha is renewed after half its lifetime.
  return Math.max(lifetime / 2, lifetime - RENEW_BEFORE_EXPIRY_SECONDS, MIN_RENEWAL_INTERVAL_SECONDS);
}
