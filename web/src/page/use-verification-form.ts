// The state of the form and the order of its steps, without any markup.

import { useEffect, useState } from 'react';
import { type FeedbackTarget, feedbackUnless, mobileFeedback, type TextFieldName } from './feedback.ts';
import { CODE_LENGTH, extractCode, groupMobile, hasCompleteCode } from './input.ts';
import type { Messages } from './messages.ts';
import type { Purpose } from './purpose.ts';
import { type Success, useCodeCheck } from './use-code-check.ts';
import { useFeedback } from './use-feedback.ts';
import { useSessionStorage } from './use-session-storage.ts';
import { useSmsRequest } from './use-sms-request.ts';

/** The value of the consent, once it is given. */
const CONSENTED = 'yes';

export function useVerificationForm(
  messages: Messages,
  focus: (target: FeedbackTarget) => void,
  onSuccess: (success: Success) => void,
) {
  const [purpose, setPurpose] = useState<Purpose>('REGISTER');
  const [mobile, setMobile] = useSessionStorage('mobile');
  const [consent, setConsent] = useSessionStorage('consent');
  const [code, setCode] = useState('');
  /** A complete code submits itself, but not while another operation is in flight. */
  const [isSubmitPending, setSubmitPending] = useState(false);
  const hasConsented = consent === CONSENTED;
  const control = useFeedback(messages, focus);
  const smsRequest = useSmsRequest(mobile, purpose, hasConsented, control, focus);
  const codeCheck = useCodeCheck(control, smsRequest.sent?.deliveryId, (success) => {
    setMobile('');
    onSuccess(success);
  });
  const isBusy = smsRequest.isRequesting || codeCheck.isRunning;

  const submit = () => {
    if (isBusy) return;
    // After a reload the page does not know of an SMS, but a countdown does.
    const isRequested = smsRequest.sent !== undefined || smsRequest.waitSeconds > 0;
    const isIncomplete = control.show(({ mobileProblems, codeMissing, codeNotRequested, consentMissing }) => [
      ...mobileFeedback(mobile, mobileProblems),
      ...feedbackUnless(
        code.length === CODE_LENGTH,
        'code',
        code === '' && !isRequested ? codeNotRequested : codeMissing,
      ),
      ...feedbackUnless(hasConsented, 'consent', consentMissing),
    ]);
    if (!isIncomplete) void codeCheck.check({ mobile, code, purpose });
  };
  const requestCode = () => {
    if (!isBusy && smsRequest.waitSeconds === 0) smsRequest.requestCode();
  };

  useEffect(() => {
    if (!isSubmitPending || isBusy) return;
    setSubmitPending(false);
    submit();
  });

  const setters: Record<TextFieldName, (value: string) => void> = {
    mobile: (value) => setMobile(groupMobile(value)),
    captchaAnswer: smsRequest.setCaptchaAnswer,
    code(value) {
      const next = extractCode(value);
      setCode(next);
      setSubmitPending(hasCompleteCode(value) && next !== code);
    },
  };

  return {
    purpose,
    /** Keeps everything that was typed. */
    choosePurpose(next: Purpose) {
      if (isBusy || next === purpose) return;
      control.clear();
      setPurpose(next);
    },
    smsRequest,
    values: { mobile, captchaAnswer: smsRequest.captchaAnswer, code },
    hasConsented,
    setConsented: (isGiven: boolean) => {
      control.dismiss('consent');
      setConsent(isGiven ? CONSENTED : '');
    },
    feedback: control.feedback,
    isBusy,
    isChecking: codeCheck.isRunning,
    change(field: TextFieldName, value: string) {
      control.dismiss(field, 'form');
      setters[field](value);
    },
    requestCode,
    submit,
    /** Repeats the failed step. A step that cannot be repeated starts over with a new SMS. */
    retry: () => control.retry(smsRequest.waitSeconds === 0 ? requestCode : undefined),
  };
}
