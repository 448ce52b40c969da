// The mobile: the country code as a prefix, and the digits in groups.

import { type InputHTMLAttributes, type ReactNode, useLayoutEffect, useRef } from 'react';
import { FieldFrame, type FieldProps, inputProps } from './field.tsx';
import { countDigits, positionAfterDigits } from './input.ts';
import type { Messages } from './messages.ts';

interface MobileFieldProps extends FieldProps {
  readonly messages: Messages;
  readonly input: InputHTMLAttributes<HTMLInputElement>;
  readonly action: ReactNode;
}

export function MobileField({ messages, input, action, ...field }: MobileFieldProps) {
  const keepCaret = useCaret(field.value);
  return (
    <FieldFrame id={field.id} label={messages.mobile} feedback={field.feedback} action={action}>
      <div className="control">
        <span className="prefix" aria-hidden="true">
          +86
        </span>
        <input
          {...inputProps(field)}
          {...input}
          type="tel"
          autoComplete="tel-national"
          placeholder="138 0013 8000"
          onChange={({ target }) => {
            keepCaret(target);
            field.onValueChange(target.value);
          }}
        />
      </div>
    </FieldFrame>
  );
}

/** Grouping moves the digits. The caret stays behind the digit that it was behind. */
function useCaret(value: string): (input: HTMLInputElement) => void {
  const caret = useRef<{ readonly input: HTMLInputElement; readonly digits: number }>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each value moves the caret
  useLayoutEffect(() => {
    if (!caret.current) return;
    const { input, digits } = caret.current;
    caret.current = undefined;
    const position = positionAfterDigits(input.value, digits);
    input.setSelectionRange(position, position);
  }, [value]);
  return (input) => {
    const position = input.selectionStart ?? input.value.length;
    const isAtEnd = position === input.value.length;
    // At the end the browser does it, and a country code that is taken off would spoil the count.
    caret.current = isAtEnd ? undefined : { input, digits: countDigits(input.value.slice(0, position)) };
  };
}
