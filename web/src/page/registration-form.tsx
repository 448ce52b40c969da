// The form: mobile, picture, answer, code.

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { CaptchaPicture } from './captcha-picture.tsx';
import { type Place, pictureFeedback } from './feedback.ts';
import { Field } from './field.tsx';
import { Message } from './message.tsx';
import { Registered } from './registered.tsx';
import type { Texts } from './texts.ts';
import { type FieldName, useRegistration } from './use-registration.ts';

interface RegistrationFormProps {
  readonly texts: Texts;
  /** Wants an empty form. */
  readonly onAnother: () => void;
}

export function RegistrationForm({ texts, onAnother }: RegistrationFormProps) {
  const [inputs, goTo] = usePlaces();
  const registration = useRegistration(texts, goTo);
  const { captcha, values, feedback, sent, waitSeconds, isBusy } = registration;
  if (registration.user) return <Registered user={registration.user} texts={texts} onAnother={onAnother} />;

  const said = (place: Place) => feedback.find(({ at }) => at === place);
  const field = (name: FieldName) => ({
    id: name,
    value: values[name],
    inputRef: inputs[name],
    feedback: said(name),
    onText: (text: string) => registration.change(name, text),
  });
  // Enter means the next step: the text, as long as there is no code to register with.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || values.code) return;
    event.preventDefault();
    registration.requestCode();
  };
  const atForm = said('form');

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        registration.register();
      }}
    >
      <h1>{texts.title}</h1>
      <Field {...field('mobile')} label={texts.mobile} type="tel" autoComplete="tel" onKeyDown={onKeyDown} />
      <Field
        {...field('captchaAnswer')}
        feedback={
          said('captchaAnswer') ?? (captcha.isLoading ? undefined : pictureFeedback(captcha.outcome, texts))
        }
        label={texts.captcha}
        hint={texts.captchaHint}
        autoComplete="off"
        maxLength={8}
        onKeyDown={onKeyDown}
        above={
          <CaptchaPicture
            captcha={captcha}
            isSpent={registration.isPictureSpent}
            texts={texts}
            onAnother={() => {
              registration.newPicture();
              goTo('captchaAnswer');
            }}
          />
        }
      />
      <Field
        {...field('code')}
        label={texts.code}
        hint={sent && texts.sentTo(sent.mobile, Math.max(1, Math.floor(sent.expiresInSeconds / 60)))}
        inputMode="numeric"
        autoComplete="one-time-code"
      >
        <button
          type="button"
          className="send"
          disabled={isBusy || waitSeconds > 0}
          onClick={registration.requestCode}
        >
          {registration.isRequesting
            ? texts.sending
            : waitSeconds > 0
              ? texts.seconds(waitSeconds)
              : texts.sendCode}
        </button>
      </Field>
      <div className="whole">
        <Message id="form-message" feedback={atForm} />
        {atForm?.canRetry && (
          <button type="button" ref={inputs.form} disabled={isBusy} onClick={registration.retry}>
            {texts.retry}
          </button>
        )}
      </div>
      <button type="submit" className="primary" disabled={isBusy}>
        {registration.isRegistering ? texts.registering : texts.register}
      </button>
    </form>
  );
}

type Places = { readonly [name in FieldName]: RefObject<HTMLInputElement | null> } & {
  readonly form: RefObject<HTMLButtonElement | null>;
};

/** The elements at which a person goes on, and the way to one of them once it is drawn. */
function usePlaces(): [Places, (place: Place) => void] {
  const places: Places = {
    mobile: useRef(null),
    captchaAnswer: useRef(null),
    code: useRef(null),
    form: useRef(null),
  };
  const [target, setTarget] = useState<{ place: Place }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the references stay the same
  useEffect(() => {
    if (!target) return;
    const element = places[target.place].current;
    element?.focus();
    if (element instanceof HTMLInputElement) element.select();
  }, [target]);
  return [places, (place) => setTarget({ place })];
}
