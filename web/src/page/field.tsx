// One form field: its label, its control and the message below.

import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';

/** What every field gets from the form. */
export interface FieldProps {
  readonly id: string;
  readonly value: string;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly feedback: Feedback | undefined;
  readonly onValueChange: (value: string) => void;
}

interface FieldFrameProps {
  readonly id: string;
  readonly label: string;
  readonly feedback: Feedback | undefined;
  /** Shown beside the label. */
  readonly aside?: ReactNode;
  /** Shown below the control while there is no feedback. */
  readonly hint?: ReactNode;
  /** Shown after the message. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** The space for one line of messages is reserved: a message shifts nothing. */
export function FieldFrame({ id, label, feedback, aside, hint, action, children }: FieldFrameProps) {
  return (
    <div className="field">
      <div className="label-row">
        <label htmlFor={id}>{label}</label>
        {aside}
      </div>
      {children}
      <div className="field-messages">
        <Message id={`${id}-message`} feedback={feedback} />
        {feedback ? action : hint}
      </div>
    </div>
  );
}

/** The attributes that all inputs of the form share. */
export function inputProps({
  id,
  value,
  inputRef,
  feedback,
  onValueChange,
}: FieldProps): InputHTMLAttributes<HTMLInputElement> & { ref: Ref<HTMLInputElement> } {
  return {
    id,
    name: id,
    value,
    ref: inputRef,
    autoCapitalize: 'off',
    autoCorrect: 'off',
    spellCheck: false,
    'aria-invalid': feedback !== undefined && !feedback.isFieldValid,
    'aria-describedby': `${id}-message`,
    onChange: (event) => onValueChange(event.target.value),
  };
}
