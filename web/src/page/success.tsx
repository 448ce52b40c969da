// After a success: what the verification token says, and how a backend checks it.

import { useEffect, useRef } from 'react';
import backendExample from '../../../examples/check-token/server.mjs?url';
import { useLocale } from '../shared/locale.ts';
import { groupMobile } from './input.ts';
import type { Messages } from './messages.ts';
import type { Success as SuccessState } from './use-code-check.ts';

interface SuccessProps {
  readonly success: SuccessState;
  readonly messages: Messages;
  readonly onStartAgain: () => void;
}

export function Success({ success, messages, onStartAgain }: SuccessProps) {
  const [locale] = useLocale();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="success">
      <title>{messages.succeeded[success.purpose]}</title>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m5 12.5 4.5 4.5L19 7.5" />
      </svg>
      <h1 ref={heading} tabIndex={-1}>
        {messages.succeeded[success.purpose]}
      </h1>
      <p>{messages.succeededAs[success.purpose](groupMobile(success.mobile))}</p>
      <h2>{messages.claims}</h2>
      <dl>
        {Object.entries(claimsOf(success.token)).map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code> {messages.claimMeanings[name]}
            </dt>
            <dd>{isTime(name) ? new Date(Number(value) * 1000).toLocaleString(locale) : String(value)}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">{messages.checkHint}</p>
      <p className="links">
        <a href={backendExample} target="_blank" rel="noopener">
          {messages.checkExample}
        </a>
        <a href="/.well-known/jwks.json" target="_blank" rel="noopener">
          {messages.publicKeys}
        </a>
      </p>
      <button type="button" className="primary" onClick={onStartAgain}>
        {messages.startAgain}
      </button>
    </section>
  );
}

/** The payload of a JWT. Only a backend must trust it, after it has checked the signature. */
function claimsOf(token: string): Record<string, unknown> {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

const isTime = (name: string) => name === 'iat' || name === 'exp';
