// The captcha of one form.

import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { ImageCaptchaDocument } from './generated/graphql.ts';
import type { ImageCaptchaOutcome } from './outcomes.ts';

/** A captcha is replaced so long before its end, so that nobody answers one in vain. */
const RENEW_BEFORE_END_SECONDS = 10;

export interface ImageCaptchaState {
  /** The last outcome; `undefined` until there is one. It stays while the next one is awaited, so that nothing jumps. */
  readonly outcome: ImageCaptchaOutcome | undefined;
  readonly isLoading: boolean;
  /** Asks for another picture. The one before is worth nothing from now on. */
  readonly renew: () => void;
}

/**
 * A captcha for the calling component alone, renewed before it expires while somebody looks at the page, and when the
 * network comes back. React's StrictMode, which runs effects twice, costs no second captcha.
 *
 * @example
 * const { outcome, isLoading, renew } = useImageCaptcha();
 * if (outcome?.__typename === 'ImageCaptcha')
 *   return <img src={outcome.image} width={outcome.width} height={outcome.height} alt="Four characters" />;
 */
export function useImageCaptcha(): ImageCaptchaState {
  const client = useApolloClient();
  const [outcome, setOutcome] = useState<ImageCaptchaOutcome>();
  const [isLoading, setLoading] = useState(true);
  const [wanted, setWanted] = useState(1);
  const renew = useCallback(() => {
    setLoading(true);
    setWanted((count) => count + 1);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new number wants a new picture
  useEffect(() => {
    let isWanted = true;
    const load = async () => {
      await Promise.resolve(); // an effect that is undone at once has asked for nothing
      if (!isWanted) return;
      const next = await askForCaptcha(client);
      if (!isWanted) return;
      setOutcome(next);
      setLoading(false);
    };
    void load();
    return () => {
      isWanted = false;
    };
  }, [client, wanted]);

  useEffect(() => {
    if (outcome?.__typename !== 'ImageCaptcha') return onEvent(window, 'online', renew);
    const lifeMs = Math.max(1, outcome.expiresInSeconds - RENEW_BEFORE_END_SECONDS) * 1000;
    return whenLookedAt(lifeMs, renew);
  }, [outcome, renew]);

  return { outcome, isLoading, renew };
}

async function askForCaptcha(client: ReturnType<typeof useApolloClient>): Promise<ImageCaptchaOutcome> {
  try {
    const { data } = await client.query({
      query: ImageCaptchaDocument,
      fetchPolicy: 'no-cache',
      // two forms on one page need two captchas
      context: { queryDeduplication: false },
    });
    return data ? data.imageCaptcha : { __typename: 'NoAnswer' };
  } catch {
    return { __typename: 'NoAnswer' };
  }
}

/** Calls back after that time, or as soon after it as the page can be seen. */
function whenLookedAt(ms: number, callBack: () => void): () => void {
  let stopWaiting = () => {};
  const timer = setTimeout(() => {
    if (!document.hidden) return callBack();
    stopWaiting = onEvent(document, 'visibilitychange', callBack);
  }, ms);
  return () => {
    clearTimeout(timer);
    stopWaiting();
  };
}

function onEvent(target: EventTarget, event: string, listener: () => void): () => void {
  target.addEventListener(event, listener);
  return () => target.removeEventListener(event, listener);
}
