// The code from the SMS: six cells that show the digits of one input, and the button that sends the SMS.

import type { ReactNode } from 'react';
import { FieldFrame, type FieldProps, inputProps } from './field.tsx';
import { CODE_LENGTH } from './input.ts';
import type { Messages } from './messages.ts';

const CELLS = Array.from({ length: CODE_LENGTH }, (_, index) => index);

interface CodeFieldProps extends FieldProps {
  readonly messages: Messages;
  /** What became of the SMS. Empty until there is one: screen readers announce only changes of an element that exists. */
  readonly status: string;
  readonly sendButton: ReactNode;
}

export function CodeField({ messages, status, sendButton, ...field }: CodeFieldProps) {
  const { value, feedback } = field;
  const isInvalid = feedback !== undefined && !feedback.isFieldValid;
  return (
    <FieldFrame
      id={field.id}
      label={messages.code}
      feedback={feedback}
      aside={sendButton}
      hint={
        <p className="hint" role="status">
          {status}
        </p>
      }
    >
      <div className={isInvalid ? 'code-cells invalid' : 'code-cells'}>
        {CELLS.map((index) => (
          <span
            key={index}
            aria-hidden="true"
            className={index === Math.min(value.length, CODE_LENGTH - 1) ? 'next' : undefined}
          >
            {value[index]}
          </span>
        ))}
        <input
          {...inputProps(field)}
          inputMode="numeric"
          autoComplete="one-time-code"
          // The cells show no caret: digits are added and removed at the end.
          onSelect={({ currentTarget: input }) => {
            const { length } = input.value;
            if (input.selectionStart === input.selectionEnd && input.selectionStart !== length)
              input.setSelectionRange(length, length);
          }}
        />
      </div>
    </FieldFrame>
  );
}
