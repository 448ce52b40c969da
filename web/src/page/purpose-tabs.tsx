// The tabs above the form: register or log in (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/).

import { type KeyboardEvent, useRef } from 'react';
import type { Messages } from './messages.ts';
import { PURPOSES, type Purpose } from './purpose.ts';

/** The id of the element that the tabs label. */
export const PANEL_ID = 'verification-panel';

export const tabId = (purpose: Purpose) => `tab-${purpose.toLowerCase()}`;

interface PurposeTabsProps {
  readonly purpose: Purpose;
  readonly messages: Messages;
  readonly onChoose: (purpose: Purpose) => void;
}

export function PurposeTabs({ purpose, messages, onChoose }: PurposeTabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = purpose === 'REGISTER' ? 'LOGIN' : 'REGISTER';
    onChoose(other);
    list.current?.querySelector<HTMLElement>(`#${tabId(other)}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={messages.titles[purpose]} ref={list}>
      {PURPOSES.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={tabId(one)}
          aria-selected={one === purpose}
          aria-controls={PANEL_ID}
          tabIndex={one === purpose ? 0 : -1}
          onClick={() => onChoose(one)}
          onKeyDown={onKeyDown}
        >
          {messages.tabs[one]}
        </button>
      ))}
    </div>
  );
}
