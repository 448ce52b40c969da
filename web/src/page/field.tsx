// One field: its label, its input, and below it what is to be said about it.

import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly id: string;
  readonly label: string;
  /** What stands below it as long as nothing else has to. */
  readonly hint?: string | undefined;
  /** News, which are read out when they come; the empty string until there are any. */
  readonly news?: string | undefined;
  readonly feedback: Feedback | undefined;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onText: (text: string) => void;
  /** What stands above the input, to be seen first. */
  readonly above?: ReactNode;
  /** What stands beside it. */
  readonly children?: ReactNode;
}

export function Field({
  id,
  label,
  hint,
  news,
  feedback,
  inputRef,
  onText,
  above,
  children,
  ...input
}: FieldProps) {
  const isHinting = hint !== undefined && !feedback;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {above && <div className="row">{above}</div>}
      <div className="row">
        <input
          {...input}
          id={id}
          name={id}
          ref={inputRef}
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          aria-invalid={feedback !== undefined && !feedback.isFieldFine}
          aria-describedby={isHinting ? `${id}-message ${id}-hint` : `${id}-message`}
          onChange={(event) => onText(event.target.value)}
        />
        {children}
      </div>
      <div className="below">
        <Message id={`${id}-message`} feedback={feedback} />
        {isHinting && (
          <p id={`${id}-hint`} className="hint">
            {hint}
          </p>
        )}
        {news !== undefined && (
          <p className="hint" role="status">
            {feedback ? '' : news}
          </p>
        )}
      </div>
    </div>
  );
}
