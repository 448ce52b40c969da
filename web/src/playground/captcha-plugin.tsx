// The panel beside the tabs. It shows the captcha image and copies its answer, and later the token and the id of the delivery, into another tab.

import { Button, type GraphiQLPlugin } from '@graphiql/react';
import { type SubmitEvent, useId } from 'react';
import { useFillVariables, useResultWith } from './fill-variables.ts';
import { messages } from './messages.ts';

export const CAPTCHA_PLUGIN: GraphiQLPlugin = { title: messages.title, icon: Icon, content: Panel };

function Panel() {
  return (
    <div className="captcha-panel">
      <Captcha />
      <Token />
      <Delivery />
    </div>
  );
}

function Captcha() {
  const captcha = useResultWith('image');
  const fillVariables = useFillVariables();
  const answerId = useId();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const captchaAnswer = String(new FormData(event.currentTarget).get('captchaAnswer'));
    fillVariables('RequestSmsCode', { captchaId: String(captcha?.id), captchaAnswer });
  }

  return (
    <section>
      <h2>{messages.captcha}</h2>
      {captcha ? (
        <form key={String(captcha.id)} onSubmit={submit}>
          <img src={String(captcha.image)} alt={messages.captcha} />
          <label htmlFor={answerId}>{messages.characters}</label>
          <input
            id={answerId}
            name="captchaAnswer"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
          />
          <Button type="submit">{messages.fillIn('RequestSmsCode')}</Button>
        </form>
      ) : (
        <p>{messages.runCaptcha}</p>
      )}
    </section>
  );
}

function Token() {
  const verificationToken = useResultWith('verificationToken')?.verificationToken;
  const fillVariables = useFillVariables();
  return (
    <section>
      <h2>{messages.token}</h2>
      {verificationToken ? (
        <Button
          onClick={() => fillVariables('RegisterUser', { verificationToken: String(verificationToken) })}
        >
          {messages.fillIn('RegisterUser')}
        </Button>
      ) : (
        <p>{messages.runVerify}</p>
      )}
    </section>
  );
}

function Delivery() {
  const deliveryId = useResultWith('deliveryId')?.deliveryId;
  const fillVariables = useFillVariables();
  return (
    <section>
      <h2>{messages.delivery}</h2>
      {deliveryId ? (
        <Button onClick={() => fillVariables('SmsDelivery', { id: String(deliveryId) })}>
          {messages.fillIn('SmsDelivery')}
        </Button>
      ) : (
        <p>{messages.runRequest}</p>
      )}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <rect x="1" y="4" width="18" height="12" rx="2" />
      <path d="M4 13 6 7l2 6M4.7 11h2.6M10 7v6m0-6q3 0 2 3-1 3-2 0M15 7q3 3-1 6" />
    </svg>
  );
}
