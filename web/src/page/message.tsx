// Feedback that screen readers announce. They do not announce the countdown beside it, which changes every second.

import { useEffect } from 'react';
import { useCountdown } from 'yanzheng-sdk/react';
import { useLocale } from '../shared/locale.ts';
import type { Feedback } from './feedback.ts';
import { formatDuration, messages } from './messages.ts';

export function Message({ id, feedback }: { id: string; feedback: Feedback | undefined }) {
  return (
    <div className="message">
      <p id={id} role="alert">
        {feedback?.message}
      </p>
      {feedback?.retryAfterSeconds !== undefined && (
        <RetryCountdown seconds={feedback.retryAfterSeconds} countdownKey={feedback.countdownKey} />
      )}
    </div>
  );
}

function RetryCountdown({ seconds, countdownKey }: { seconds: number; countdownKey: object | undefined }) {
  const [locale] = useLocale();
  const { secondsLeft, start } = useCountdown();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another outcome restarts the countdown, even with the same number of seconds
  useEffect(() => start(seconds), [countdownKey, seconds, start]);
  if (secondsLeft === 0) return null;
  return <p className="countdown">{messages[locale].retryIn(formatDuration(locale, secondsLeft))}</p>;
}
