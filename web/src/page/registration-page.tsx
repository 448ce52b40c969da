// The registration page: one form, and what is left of it when the mobile is registered.

import { useState } from 'react';
import { LanguageSwitch } from '../shared/language-switch.tsx';
import { useLocale } from '../shared/locale.ts';
import { texts } from './messages.ts';
import { PhoneLink } from './phone-link.tsx';
import { Registered } from './registered.tsx';
import { RegistrationForm } from './registration-form.tsx';

export function RegistrationPage() {
  const [locale] = useLocale();
  const [isAnother, setAnother] = useState(false);
  const [registered, setRegistered] = useState<string>();
  const { title, phone } = texts[locale];
  return (
    <>
      <title>{title}</title>
      <header>
        <LanguageSwitch />
      </header>
      <main>
        {registered ? (
          <Registered
            mobile={registered}
            texts={texts[locale]}
            onAnother={() => {
              setRegistered(undefined);
              setAnother(true);
            }}
          />
        ) : (
          <RegistrationForm texts={texts[locale]} isAnother={isAnother} onRegistered={setRegistered} />
        )}
      </main>
      <footer>
        <PhoneLink text={phone} />
      </footer>
    </>
  );
}
