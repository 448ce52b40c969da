// The consent to the terms and the privacy policy, without which nothing is sent.

import { type RefObject, useRef } from 'react';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';
import type { ConsentDocument, Messages } from './messages.ts';

interface ConsentProps {
  readonly isGiven: boolean;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly feedback: Feedback | undefined;
  readonly messages: Messages;
  readonly onChange: (isGiven: boolean) => void;
}

export function Consent({ isGiven, inputRef, feedback, messages, onChange }: ConsentProps) {
  return (
    <div className="consent">
      <div className="consent-row">
        <input
          type="checkbox"
          id="consent"
          ref={inputRef}
          checked={isGiven}
          aria-labelledby="consent-label"
          aria-invalid={feedback !== undefined}
          aria-describedby="consent-message"
          onChange={(event) => onChange(event.target.checked)}
        />
        <span id="consent-label">
          {messages.consent.map((part) =>
            typeof part === 'string' ? (
              <label key={part} htmlFor="consent">
                {part}
              </label>
            ) : (
              <DocumentLink key={part.title} document={part} messages={messages} />
            ),
          )}
        </span>
      </div>
      <Message id="consent-message" feedback={feedback} />
    </div>
  );
}

/** The demo has no documents of its own: it shows where they belong. */
function DocumentLink({ document, messages }: { document: ConsentDocument; messages: Messages }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className="link" onClick={() => dialog.current?.showModal()}>
        {document.title}
      </button>
      <dialog ref={dialog} aria-label={document.title}>
        <h2>{document.title}</h2>
        <p>{messages.consentPlaceholder}</p>
        <button type="button" onClick={() => dialog.current?.close()}>
          {messages.close}
        </button>
      </dialog>
    </>
  );
}
