// What the service or the page has to say, read out when it appears; the seconds beside it are not.

import { useEffect } from 'react';
import { useLocale } from '../shared/locale.ts';
import { useCountdown } from '../verification/index.ts';
import type { Feedback } from './feedback.ts';
import { duration, texts } from './messages.ts';

export function Message({ id, feedback }: { id: string; feedback: Feedback | undefined }) {
  return (
    <div className="message">
      <p id={id} role="alert">
        {feedback?.message}
        {feedback?.hint && <span className="more">{feedback.hint}</span>}
      </p>
      {feedback?.waitSeconds !== undefined && <Wait seconds={feedback.waitSeconds} since={feedback.since} />}
    </div>
  );
}

function Wait({ seconds, since }: { seconds: number; since: object | undefined }) {
  const [locale] = useLocale();
  const { secondsLeft, start } = useCountdown();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another refusal counts anew, of as many seconds or not
  useEffect(() => start(seconds), [since, seconds, start]);
  if (secondsLeft === 0) return null;
  return <p className="wait">{texts[locale].retryIn(duration(locale, secondsLeft))}</p>;
}
