// The form: mobile, captcha, code and consent.

import type { KeyboardEvent } from 'react';
import { CaptchaField } from './captcha-field.tsx';
import { CodeField } from './code-field.tsx';
import { Consent } from './consent.tsx';
import { DeviceCaptcha } from './device-captcha.tsx';
import { captchaFeedback, type FeedbackTarget, type TextFieldName } from './feedback.ts';
import { Message } from './message.tsx';
import type { Messages } from './messages.ts';
import { MobileField } from './mobile-field.tsx';
import { PANEL_ID, PurposeTabs, tabId } from './purpose-tabs.tsx';
import type { Success } from './use-code-check.ts';
import { useFocusTargets } from './use-focus-targets.ts';
import { useVerificationForm } from './use-verification-form.ts';

interface VerificationFormProps {
  readonly messages: Messages;
  /** The first field gets the focus. */
  readonly autoFocus: boolean;
  readonly onSuccess: (success: Success) => void;
}

export function VerificationForm({ messages, autoFocus, onSuccess }: VerificationFormProps) {
  const [elements, focus] = useFocusTargets(autoFocus ? 'mobile' : undefined);
  const form = useVerificationForm(messages, focus, onSuccess);
  const { smsRequest, purpose, isBusy } = form;

  const feedbackAt = (target: FeedbackTarget) => form.feedback.find((one) => one.target === target);
  const formFeedback = feedbackAt('form');
  const imageFeedback = captchaFeedback(smsRequest.captcha.outcome, messages);
  // The same "service unavailable" must not appear twice.
  const isRepeated = formFeedback?.canRetry === true && formFeedback.message === imageFeedback?.message;

  const fieldProps = (name: TextFieldName) => ({
    id: name,
    value: form.values[name],
    inputRef: elements[name],
    feedback: feedbackAt(name),
    messages,
    onValueChange: (value: string) => form.change(name, value),
  });
  const requestInput = {
    // The values of the request in flight must not change.
    readOnly: isBusy,
    // Enter requests a code. During the countdown it submits the form, as in every other field.
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing || smsRequest.waitSeconds > 0) return;
      event.preventDefault();
      form.requestCode();
    },
  };
  const chooseWork = (isChosen: boolean) => {
    smsRequest.chooseWork(isChosen);
    if (!isChosen) focus('captchaAnswer');
  };
  const { switchTo } = feedbackAt('mobile') ?? {};

  return (
    <>
      <title>{messages.titles[purpose]}</title>
      <h1 className="visually-hidden">{messages.titles[purpose]}</h1>
      <PurposeTabs purpose={purpose} messages={messages} onChoose={form.choosePurpose} />
      <div role="tabpanel" id={PANEL_ID} aria-labelledby={tabId(purpose)}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            form.submit();
          }}
        >
          <MobileField
            {...fieldProps('mobile')}
            input={requestInput}
            action={
              switchTo && (
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    form.choosePurpose(switchTo);
                    focus('captchaAnswer');
                  }}
                >
                  {messages.switchTo[switchTo]}
                </button>
              )
            }
          />
          {smsRequest.usesWork ? (
            <DeviceCaptcha
              work={smsRequest.work}
              feedback={feedbackAt('captchaAnswer') ?? captchaFeedback(smsRequest.work.error, messages)}
              messages={messages}
            />
          ) : (
            <CaptchaField
              {...fieldProps('captchaAnswer')}
              input={requestInput}
              feedback={feedbackAt('captchaAnswer') ?? (isRepeated ? undefined : imageFeedback)}
              captcha={smsRequest.captcha}
              isSpent={smsRequest.isCaptchaSpent}
              onRenew={() => {
                smsRequest.renewCaptcha();
                focus('captchaAnswer');
              }}
            />
          )}
          {smsRequest.work.isSupported && (
            <button
              type="button"
              className="link switch"
              disabled={isBusy && !smsRequest.usesWork}
              onClick={() => chooseWork(!smsRequest.usesWork)}
            >
              {smsRequest.usesWork ? messages.useImage : messages.cannotRead}
            </button>
          )}
          <CodeField
            {...fieldProps('code')}
            status={sentStatus(smsRequest, messages)}
            sendButton={
              <button
                type="button"
                className="send"
                disabled={isBusy || smsRequest.waitSeconds > 0}
                onClick={form.requestCode}
              >
                {sendLabel(smsRequest, messages)}
              </button>
            }
          />
          <Consent
            isGiven={form.hasConsented}
            inputRef={elements.consent}
            feedback={feedbackAt('consent')}
            messages={messages}
            onChange={form.setConsented}
          />
          <div className="form-messages" ref={elements.form} tabIndex={-1}>
            <Message id="form-message" feedback={formFeedback} />
            {formFeedback?.canRetry && (
              <button type="button" disabled={isBusy} onClick={form.retry}>
                {messages.retry}
              </button>
            )}
          </div>
          <button type="submit" className="primary" disabled={isBusy}>
            {form.isChecking ? messages.submitting[purpose] : messages.submit[purpose]}
          </button>
        </form>
      </div>
    </>
  );
}

type SmsRequestState = ReturnType<typeof useVerificationForm>['smsRequest'];

function sendLabel({ isRequesting, waitSeconds, sent }: SmsRequestState, messages: Messages): string {
  if (isRequesting) return messages.sending;
  if (waitSeconds > 0) return messages.sendAgainIn(waitSeconds);
  return sent ? messages.sendAgain : messages.sendCode;
}

function sentStatus({ sent, delivery }: SmsRequestState, messages: Messages): string {
  if (!sent) return '';
  const minutes = Math.max(1, Math.floor(sent.expiresInSeconds / 60));
  if (delivery === 'DELIVERED') return messages.deliveredTo(sent.mobile, minutes);
  if (sent.count > 1) return messages.noSmsTwice;
  switch (delivery) {
    case 'UNDELIVERED':
      return messages.notDelivered(sent.mobile);
    case 'UNKNOWN':
      return messages.delayed(sent.mobile);
    default:
      return messages.sentTo(sent.mobile, minutes);
  }
}
