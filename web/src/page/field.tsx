// One form field: its label, its input and the messages below.

import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly id: string;
  readonly label: string;
  /** Shown below the input while there is no feedback. */
  readonly hint?: string | undefined;
  /**
   * A status that screen readers announce when it changes. Pass the empty string until there is one: they announce
   * only changes of an element that exists.
   */
  readonly status?: string | undefined;
  readonly feedback: Feedback | undefined;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onValueChange: (value: string) => void;
  /** Shown between the label and the input. */
  readonly above?: ReactNode;
  /** Shown beside the input. */
  readonly children?: ReactNode;
}

export function Field({
  id,
  label,
  hint,
  status,
  feedback,
  inputRef,
  onValueChange,
  above,
  children,
  ...input
}: FieldProps) {
  const showsHint = hint !== undefined && !feedback;
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
          aria-invalid={feedback !== undefined && !feedback.isFieldValid}
          aria-describedby={showsHint ? `${id}-message ${id}-hint` : `${id}-message`}
          onChange={(event) => onValueChange(event.target.value)}
        />
        {children}
      </div>
      <div className="field-messages">
        <Message id={`${id}-message`} feedback={feedback} />
        {showsHint && (
          <p id={`${id}-hint`} className="hint">
            {hint}
          </p>
        )}
        {status !== undefined && (
          <p className="hint" role="status">
            {feedback ? '' : status}
          </p>
        )}
      </div>
    </div>
  );
}
