// The registration page: the form, and after a registration its confirmation.

import { useState } from 'react';
import { LanguageSwitch } from '../shared/language-switch.tsx';
import { useLocale } from '../shared/locale.ts';
import { messages as allMessages } from './messages.ts';
import { PhoneLink } from './phone-link.tsx';
import { Registered } from './registered.tsx';
import { RegistrationForm } from './registration-form.tsx';

export function RegistrationPage() {
  const [locale] = useLocale();
  const [registeredMobile, setRegisteredMobile] = useState<string>();
  const [isFirst, setFirst] = useState(true);
  const messages = allMessages[locale];
  const registerAnother = () => {
    setRegisteredMobile(undefined);
    setFirst(false);
  };
  return (
    <>
      <title>{messages.title}</title>
      <header>
        <LanguageSwitch />
      </header>
      <main>
        {registeredMobile ? (
          <Registered mobile={registeredMobile} messages={messages} onRegisterAnother={registerAnother} />
        ) : (
          <RegistrationForm messages={messages} autoFocus={!isFirst} onRegistered={setRegisteredMobile} />
        )}
      </main>
      <footer>
        <PhoneLink label={messages.phoneLink} />
      </footer>
    </>
  );
}
