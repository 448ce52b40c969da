// Which element of the form gets the focus.

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { FeedbackTarget, FieldName } from './feedback.ts';

type TargetElements = { readonly [name in FieldName]: RefObject<HTMLInputElement | null> } & {
  readonly form: RefObject<HTMLDivElement | null>;
};

/** The elements that can get the focus, and a function that focuses one after the next render. */
export function useFocusTargets(
  initial: FeedbackTarget | undefined,
): [TargetElements, (target: FeedbackTarget) => void] {
  const elements: TargetElements = {
    mobile: useRef(null),
    captchaAnswer: useRef(null),
    code: useRef(null),
    consent: useRef(null),
    form: useRef(null),
  };
  // An object, so that focusing the same target again is a change of state.
  const [request, setRequest] = useState(initial && { target: initial });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the refs never change
  useEffect(() => {
    if (request) focusElement(elements[request.target].current);
  }, [request]);
  return [elements, (target) => setRequest({ target })];
}

/** Focuses an input, or in another element its button. The old value of an input is selected, so that typing replaces it. */
function focusElement(element: HTMLElement | null): void {
  const input = element instanceof HTMLInputElement ? element : undefined;
  const hadFocus = element === document.activeElement;
  (input ?? element?.querySelector('button') ?? element)?.focus();
  // A valid value in the focused field may be half typed.
  if (!hadFocus || input?.getAttribute('aria-invalid') === 'true') input?.select();
}
