// The confirmation after a registration.

import { useEffect, useRef } from 'react';
import type { Messages } from './messages.ts';

interface RegisteredProps {
  readonly mobile: string;
  readonly messages: Messages;
  readonly onRegisterAnother: () => void;
}

export function Registered({ mobile, messages, onRegisterAnother }: RegisteredProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="registered">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m5 12.5 4.5 4.5L19 7.5" />
      </svg>
      <h1 ref={heading} tabIndex={-1}>
        {messages.registered}
      </h1>
      <p>{messages.registeredAs(mobile)}</p>
      <button type="button" onClick={onRegisterAnother}>
        {messages.registerAnother}
      </button>
    </section>
  );
}
