// The feedback on the page, in the language of the page, and the step that a retry repeats.

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Feedback, FeedbackTarget } from './feedback.ts';
import type { Messages } from './messages.ts';

/** Renders the feedback again after a switch of the language. */
type RenderFeedback = (messages: Messages) => readonly Feedback[];

/** Repeats the failed step with the same input. */
export type Retry = () => Promise<void>;

interface FeedbackState {
  readonly render: RenderFeedback;
  readonly retry?: Retry | undefined;
}

const NO_FEEDBACK: FeedbackState = { render: () => [] };

export function useFeedback(messages: Messages, focus: (target: FeedbackTarget) => void) {
  const [state, setState] = useState(NO_FEEDBACK);
  const feedback = useMemo(() => state.render(messages), [state, messages]);

  // A response may arrive after a switch of the language: the closures of the request hold the old messages.
  const currentMessages = useRef(messages);
  useEffect(() => {
    currentMessages.current = messages;
  }, [messages]);

  return {
    feedback,
    /** Replaces the messages, and focuses the target of the first one. Returns whether there are any. */
    show(render: RenderFeedback, retry?: Retry): boolean {
      setState({ render, retry });
      const [first] = render(currentMessages.current);
      if (first) focus(first.focus ?? first.target);
      return first !== undefined;
    },
    clear: () => setState(NO_FEEDBACK),
    /** Removes the feedback of these targets. Their input has changed, so that the failed step cannot be repeated. */
    dismiss: (...targets: readonly FeedbackTarget[]) =>
      setState(({ render }) => ({
        render: (all) => render(all).filter(({ target }) => !targets.includes(target)),
      })),
    /** Repeats the failed step, or runs `startOver` if it cannot be repeated. */
    retry(startOver: (() => void) | undefined): void {
      const run = state.retry ?? startOver;
      if (!run) return;
      setState(blank);
      void run();
    },
  };
}

/** Empties the messages and keeps their layout. Screen readers then announce the same message again after a retry. */
function blank(state: FeedbackState): FeedbackState {
  const render: RenderFeedback = (messages) =>
    state.render(messages).map((feedback) => ({ ...feedback, message: '' }));
  return { ...state, render };
}

export type FeedbackControl = ReturnType<typeof useFeedback>;
