// The panel beside the tabs: shows the captcha's picture, and takes what was read, and later the token, where it belongs.

import { Button, type GraphiQLPlugin } from '@graphiql/react';
import { type SubmitEvent, useId } from 'react';
import { useAnswerWith, useHandOver } from './fill-variables.ts';

export const CAPTCHA_PLUGIN: GraphiQLPlugin = { title: 'Captcha and token', icon: Icon, content: Panel };

function Panel() {
  return (
    <div className="hand-over">
      <Captcha />
      <Token />
    </div>
  );
}

function Captcha() {
  const captcha = useAnswerWith('image');
  const handOver = useHandOver();
  const answerId = useId();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const captchaAnswer = String(new FormData(event.currentTarget).get('captchaAnswer'));
    handOver('RequestSmsCode', { captchaId: String(captcha?.id), captchaAnswer });
  }

  return (
    <section>
      <h2>Captcha</h2>
      {captcha ? (
        <form key={String(captcha.id)} onSubmit={submit}>
          <img src={String(captcha.image)} alt="Captcha" />
          <label htmlFor={answerId}>What do you read?</label>
          <input
            id={answerId}
            name="captchaAnswer"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
          />
          <Button type="submit">Put into RequestSmsCode</Button>
        </form>
      ) : (
        <p>Run ImageCaptcha, and its picture appears here.</p>
      )}
    </section>
  );
}

function Token() {
  const verificationToken = useAnswerWith('verificationToken')?.verificationToken;
  const handOver = useHandOver();
  return (
    <section>
      <h2>Verification token</h2>
      {verificationToken ? (
        <Button onClick={() => handOver('RegisterUser', { verificationToken: String(verificationToken) })}>
          Put into RegisterUser
        </Button>
      ) : (
        <p>Run VerifySmsCode with the code of a text, and its token appears here.</p>
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
