// The end of the way.

import { useEffect, useRef } from 'react';
import type { Texts } from './messages.ts';

interface RegisteredProps {
  readonly mobile: string;
  readonly texts: Texts;
  readonly onAnother: () => void;
}

export function Registered({ mobile, texts, onAnother }: RegisteredProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="done">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m5 12.5 4.5 4.5L19 7.5" />
      </svg>
      <h1 ref={heading} tabIndex={-1}>
        {texts.registered}
      </h1>
      <p>{texts.registeredAs(mobile)}</p>
      <button type="button" onClick={onAnother}>
        {texts.registerAnother}
      </button>
    </section>
  );
}
