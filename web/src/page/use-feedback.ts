// What is said to the person, in the language of the page, and what can be tried again.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Feedback, Place } from './feedback.ts';
import type { Texts } from './messages.ts';

/** Says it in any language of the page. */
type Saying = (texts: Texts) => readonly Feedback[];

/** The very step that failed, with the very same input. */
export type Retry = () => Promise<void>;

interface Said {
  readonly saying: Saying;
  /** The service's sentences are in one language: a switch to another takes them away. */
  readonly onlyIn?: Texts | undefined;
  readonly retry?: Retry | undefined;
}

const NOTHING: Said = { saying: () => [] };

export function useFeedback(texts: Texts, goTo: (place: Place) => void) {
  const [said, setSaid] = useState(NOTHING);
  const feedback = useMemo(
    () => (said.onlyIn && said.onlyIn !== texts ? [] : said.saying(texts)),
    [said, texts],
  );

  /** An answer may come when the language is another one than at the question. */
  const now = useRef(texts);
  useEffect(() => {
    now.current = texts;
  }, [texts]);

  const say = (next: Said) => {
    setSaid(next);
    const [first] = next.saying(now.current);
    if (first) goTo(first.next ?? first.at);
  };
  return {
    feedback,
    /** What the page itself has to say; returns whether that is anything. */
    sayOwn(saying: Saying, retry?: Retry): boolean {
      say({ saying, retry });
      return saying(texts).length > 0;
    },
    /** What the service said. */
    sayServices: (saying: Saying, retry?: Retry) => say({ saying, retry, onlyIn: now.current }),
    sayNothing: () => setSaid(NOTHING),
    /** What was said there is settled, and the step that failed is another one now. */
    forget: (...places: readonly Place[]) =>
      setSaid(({ saying, onlyIn }) => ({
        onlyIn,
        saying: (all) => saying(all).filter(({ at }) => !places.includes(at)),
      })),
    /** Tries the step again, or else begins anew, if it can. What is said then is said anew, too. */
    retry(beginAnew: (() => void) | undefined): void {
      const again = said.retry ?? beginAnew;
      if (!again) return;
      setSaid((all) => ({
        ...all,
        saying: (inTexts) => all.saying(inTexts).map(({ hint, ...kept }) => ({ ...kept, message: '' })),
      }));
      void again();
    },
  };
}

export type FeedbackControl = ReturnType<typeof useFeedback>;
