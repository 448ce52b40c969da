// The form: mobile, captcha and code.

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { CaptchaImage } from './captcha-image.tsx';
import { DeviceCaptcha } from './device-captcha.tsx';
import { captchaFeedback, type FeedbackTarget, type FieldName } from './feedback.ts';
import { Field } from './field.tsx';
import { Message } from './message.tsx';
import type { Messages } from './messages.ts';
import { useRegistration } from './use-registration.ts';

interface RegistrationFormProps {
  readonly messages: Messages;
  /** The first field gets the focus: the person has just asked for the form. */
  readonly autoFocus: boolean;
  readonly onRegistered: (mobile: string) => void;
}

export function RegistrationForm({ messages, autoFocus, onRegistered }: RegistrationFormProps) {
  const [elements, focus] = useFocusTargets(autoFocus ? 'mobile' : undefined);
  const registration = useRegistration(messages, focus, onRegistered);
  const { smsRequest, values, isBusy } = registration;

  const feedbackAt = (target: FeedbackTarget) => registration.feedback.find((one) => one.target === target);
  const formFeedback = feedbackAt('form');
  const imageFeedback = captchaFeedback(smsRequest.captcha.outcome, messages);
  // The same "service unavailable" must not appear twice.
  const isRepeated = formFeedback?.canRetry === true && formFeedback.message === imageFeedback?.message;

  const fieldProps = (name: FieldName) => ({
    id: name,
    value: values[name],
    inputRef: elements[name],
    feedback: feedbackAt(name),
    onValueChange: (value: string) => registration.change(name, value),
  });
  const requestFieldProps = {
    // The values of the request in flight must not change.
    readOnly: isBusy,
    // Enter requests a code. During the countdown it submits the form, as in every other field.
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing || smsRequest.waitSeconds > 0) return;
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
      <h1>{messages.title}</h1>
      <Field
        {...fieldProps('mobile')}
        {...requestFieldProps}
        label={messages.mobile}
        type="tel"
        autoComplete="tel"
      />
      {smsRequest.usesWork ? (
        <DeviceCaptcha
          work={smsRequest.work}
          feedback={feedbackAt('captchaAnswer') ?? captchaFeedback(smsRequest.work.error, messages)}
          messages={messages}
          onUseImage={() => {
            smsRequest.chooseWork(false);
            focus('captchaAnswer');
          }}
        />
      ) : (
        <Field
          {...fieldProps('captchaAnswer')}
          {...requestFieldProps}
          feedback={feedbackAt('captchaAnswer') ?? (isRepeated ? undefined : imageFeedback)}
          label={messages.captcha}
          hint={messages.captchaHint}
          autoComplete="off"
          maxLength={8}
          above={
            <CaptchaImage
              captcha={smsRequest.captcha}
              isSpent={smsRequest.isCaptchaSpent}
              messages={messages}
              onRenew={() => {
                smsRequest.renewCaptcha();
                focus('captchaAnswer');
              }}
            />
          }
        />
      )}
      {smsRequest.work.isSupported && !smsRequest.usesWork && (
        <button type="button" className="link" disabled={isBusy} onClick={() => smsRequest.chooseWork(true)}>
          {messages.cannotRead}
        </button>
      )}
      <Field
        {...fieldProps('code')}
        label={messages.code}
        status={sentStatus(smsRequest, messages)}
        inputMode="numeric"
        autoComplete="one-time-code"
      >
        <button
          type="button"
          className="send"
          disabled={isBusy || smsRequest.waitSeconds > 0}
          onClick={registration.requestCode}
        >
          {sendLabel(smsRequest, messages)}
        </button>
      </Field>
      <div className="form-messages" ref={elements.form} tabIndex={-1}>
        <Message id="form-message" feedback={formFeedback} />
        {formFeedback?.canRetry && (
          <button type="button" disabled={isBusy} onClick={registration.retry}>
            {messages.retry}
          </button>
        )}
      </div>
      <button type="submit" className="primary" disabled={isBusy}>
        {registration.isRegistering ? messages.registering : messages.register}
      </button>
    </form>
  );
}

type SmsRequestState = ReturnType<typeof useRegistration>['smsRequest'];

function sendLabel({ isRequesting, waitSeconds }: SmsRequestState, messages: Messages): string {
  if (isRequesting) return messages.sending;
  return waitSeconds > 0 ? messages.seconds(waitSeconds) : messages.sendCode;
}

function sentStatus({ sent, delivery }: SmsRequestState, messages: Messages): string {
  if (!sent) return '';
  const minutes = Math.max(1, Math.floor(sent.expiresInSeconds / 60));
  switch (delivery) {
    case 'DELIVERED':
      return messages.deliveredTo(sent.mobile, minutes);
    case 'UNDELIVERED':
      return messages.notDelivered(sent.mobile);
    case 'UNKNOWN':
      return messages.delayed(sent.mobile);
    default:
      return messages.sentTo(sent.mobile, minutes);
  }
}

type TargetElements = { readonly [name in FieldName]: RefObject<HTMLInputElement | null> } & {
  readonly form: RefObject<HTMLDivElement | null>;
};

/** The elements that can get the focus, and a function that focuses one after the next render. */
function useFocusTargets(
  initial: FeedbackTarget | undefined,
): [TargetElements, (target: FeedbackTarget) => void] {
  const elements: TargetElements = {
    mobile: useRef(null),
    captchaAnswer: useRef(null),
    code: useRef(null),
    form: useRef(null),
  };
  // An object, so that focusing the same target again is a change of state.
  const [request, setRequest] = useState(initial && { target: initial });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the refs never change
  useEffect(() => {
    if (request) focusElement(elements[request.target].current);
  }, [request]);
  return [elements, (target) => setRequest({ target })];
}

/** Focuses an input, or in another element its button. The old value of an input is selected, so that typing replaces it. */
function focusElement(element: HTMLElement | null): void {
  const input = element instanceof HTMLInputElement ? element : undefined;
  const hadFocus = element === document.activeElement;
  (input ?? element?.querySelector('button') ?? element)?.focus();
  // A valid value in the focused field may be half typed.
  if (!hadFocus || input?.getAttribute('aria-invalid') === 'true') input?.select();
}
