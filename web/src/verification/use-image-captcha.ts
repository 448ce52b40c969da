// The captcha of one form.

import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { ImageCaptchaDocument } from './generated/graphql';
import { onEvents } from './on-events';
import type { ImageCaptchaOutcome } from './outcomes';

/** A captcha is replaced so long before its end, so that nobody answers one in vain; a short one at half its life. */
const RENEW_BEFORE_END_SECONDS = 10;
/** Without an answer, nobody says when to ask again; and nobody needs a captcha more often. */
const ASK_AGAIN_AFTER_SECONDS = 5;

export interface ImageCaptchaState {
  /** The last outcome; `undefined` until there is one. It stays while the next one is awaited, so that nothing jumps. */
  readonly outcome: ImageCaptchaOutcome | undefined;
  readonly isLoading: boolean;
  /** Asks for another picture. The one before is worth nothing from now on. */
  readonly renew: () => void;
}

/**
 * A captcha for the calling component alone, renewed while somebody looks at the page: before it expires; after a refusal
 * when its time has come; and when the network comes back. React's StrictMode, which runs effects twice, costs no second captcha.
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
    if (outcome === undefined) return;
    const stopWaiting = whenLookedAt(Date.now() + renewAfterSeconds(outcome) * 1000, renew);
    const stopListening =
      outcome.__typename === 'ImageCaptcha' ? () => {} : onEvents([[window, 'online']], renew);
    return () => {
      stopWaiting();
      stopListening();
    };
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
    return data ? data.imageCaptcha : { __typename: 'NoResponse' };
  } catch {
    return { __typename: 'NoResponse' };
  }
}

function renewAfterSeconds(outcome: ImageCaptchaOutcome): number {
  if (outcome.__typename === 'NoResponse') return ASK_AGAIN_AFTER_SECONDS;
  if (outcome.__typename !== 'ImageCaptcha') return Math.max(1, outcome.retryAfterSeconds);
  const life = outcome.expiresInSeconds;
  return Math.max(life / 2, life - RENEW_BEFORE_END_SECONDS, ASK_AGAIN_AFTER_SECONDS);
}

/** Calls back once, at that time or as soon after it as the page can be seen: timers stand still while a phone sleeps. */
function whenLookedAt(timeMs: number, callBack: () => void): () => void {
  let isOver = false;
  const look = () => {
    if (document.hidden || !(isOver || Date.now() >= timeMs)) return;
    stop();
    callBack();
  };
  const timer = setTimeout(() => {
    isOver = true; // whatever a clock says that was set back
    look();
  }, timeMs - Date.now());
  const stopListening = onEvents(
    [
      [document, 'visibilitychange'],
      [window, 'pageshow'],
    ],
    look,
  );
  const stop = () => {
    clearTimeout(timer);
    stopListening();
  };
  return stop;
}
