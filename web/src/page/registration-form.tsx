// The form: mobile, picture, answer, code.

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { CaptchaPicture } from './captcha-picture.tsx';
import { type Place, pictureFeedback } from './feedback.ts';
import { Field } from './field.tsx';
import { Message } from './message.tsx';
import type { Texts } from './messages.ts';
import { type FieldName, useRegistration } from './use-registration.ts';

interface RegistrationFormProps {
  readonly texts: Texts;
  /** Whether somebody asked for it after the first one, and goes on at its first field. */
  readonly isAnother: boolean;
  readonly onRegistered: (mobile: string) => void;
}

export function RegistrationForm({ texts, isAnother, onRegistered }: RegistrationFormProps) {
  const [places, goTo] = usePlaces(isAnother ? 'mobile' : undefined);
  const registration = useRegistration(texts, goTo, onRegistered);
  const { text, values, feedback, isBusy } = registration;
  const aboutPicture = pictureFeedback(text.captcha.outcome, texts);

  const said = (place: Place) => feedback.find(({ at }) => at === place);
  const atForm = said('form');
  // that the service is away is said once
  const isSaid = atForm?.canRetry === true && atForm.message === aboutPicture?.message;
  const field = (name: FieldName) => ({
    id: name,
    value: values[name],
    inputRef: places[name],
    feedback: said(name),
    onText: (typed: string) => registration.change(name, typed),
  });
  // Enter asks for a text as long as one may be asked for; then it registers, as everywhere else.
  const toAsk = {
    // what is asked for, or registered, must not change meanwhile
    readOnly: isBusy,
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing || text.waitSeconds > 0) return;
      event.preventDefault();
      registration.requestCode();
    },
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        registration.register();
      }}
    >
      <h1>{texts.title}</h1>
      <Field {...field('mobile')} {...toAsk} label={texts.mobile} type="tel" autoComplete="tel" />
      <Field
        {...field('captchaAnswer')}
        {...toAsk}
        feedback={said('captchaAnswer') ?? (isSaid ? undefined : aboutPicture)}
        label={texts.captcha}
        hint={texts.captchaHint}
        autoComplete="off"
        maxLength={8}
        above={
          <CaptchaPicture
            captcha={text.captcha}
            isSpent={text.isSpent}
            texts={texts}
            onAnother={() => {
              text.newPicture();
              goTo('captchaAnswer');
            }}
          />
        }
      />
      <Field
        {...field('code')}
        label={texts.code}
        news={text.sent ? texts.sentTo(text.sent.mobile, minutesOf(text.sent.expiresInSeconds)) : ''}
        inputMode="numeric"
        autoComplete="one-time-code"
      >
        <button
          type="button"
          className="send"
          disabled={isBusy || text.waitSeconds > 0}
          onClick={registration.requestCode}
        >
          {sendLabel(text, texts)}
        </button>
      </Field>
      <div className="whole" ref={places.form} tabIndex={-1}>
        <Message id="form-message" feedback={atForm} />
        {atForm?.canRetry && (
          <button type="button" disabled={isBusy} onClick={registration.retry}>
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

function sendLabel(
  { isRequesting, waitSeconds }: { isRequesting: boolean; waitSeconds: number },
  texts: Texts,
) {
  if (isRequesting) return texts.sending;
  return waitSeconds > 0 ? texts.seconds(waitSeconds) : texts.sendCode;
}

function minutesOf(seconds: number): number {
  return Math.max(1, Math.floor(seconds / 60));
}

type Places = { readonly [name in FieldName]: RefObject<HTMLInputElement | null> } & {
  readonly form: RefObject<HTMLDivElement | null>;
};

/** The elements at which a person goes on, and the way to one of them once it is drawn. */
function usePlaces(first: Place | undefined): [Places, (place: Place) => void] {
  const places: Places = {
    mobile: useRef(null),
    captchaAnswer: useRef(null),
    code: useRef(null),
    form: useRef(null),
  };
  const [target, setTarget] = useState(first && { place: first });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the references stay the same
  useEffect(() => {
    if (!target) return;
    const element = places[target.place].current;
    const input = element instanceof HTMLInputElement ? element : undefined;
    // what stood there is replaced by typing, but for what is being typed just now
    const isAtHand = element === document.activeElement;
    (input ?? element?.querySelector('button') ?? element)?.focus();
    if (!isAtHand || input?.getAttribute('aria-invalid') === 'true') input?.select();
  }, [target]);
  return [places, (place) => setTarget({ place })];
}
