// The page: the form, and after a success what comes next.

import { useState } from 'react';
import { LanguageSwitch } from '../shared/language-switch.tsx';
import { useLocale } from '../shared/locale.ts';
import { messages as allMessages } from './messages.ts';
import { PhoneLink } from './phone-link.tsx';
import { Success } from './success.tsx';
import type { Success as SuccessState } from './use-code-check.ts';
import { VerificationForm } from './verification-form.tsx';

/** On a phone the focus would open the keyboard over the form before the person has seen it. */
const WIDE_SCREEN = '(min-width: 48rem)';

export function RegistrationPage() {
  const [locale] = useLocale();
  const [success, setSuccess] = useState<SuccessState>();
  const [isFirst, setFirst] = useState(true);
  const messages = allMessages[locale];
  const startAgain = () => {
    setSuccess(undefined);
    setFirst(false);
  };
  return (
    <>
      <header>
        <span className="brand">
          <img src="/icon.svg" width="28" height="28" alt="" />
          {messages.brand}
        </span>
        <LanguageSwitch />
      </header>
      <main>
        {success ? (
          <Success success={success} messages={messages} onStartAgain={startAgain} />
        ) : (
          <VerificationForm
            messages={messages}
            autoFocus={!isFirst || matchMedia(WIDE_SCREEN).matches}
            onSuccess={setSuccess}
          />
        )}
      </main>
      <footer>
        <PhoneLink label={messages.phoneLink} />
      </footer>
    </>
  );
}
