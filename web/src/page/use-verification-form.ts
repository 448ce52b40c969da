// The state of the registration form and the order of its steps, without any markup.

import { useEffect, useState } from 'react';
import { type FeedbackTarget, type FieldName, feedbackUnless, mobileFeedback } from './feedback.ts';
import { CODE_LENGTH, extractCode, hasCompleteCode } from './input.ts';
import type { Messages } from './messages.ts';
import { useFeedback } from './use-feedback.ts';
import { useSessionStorage } from './use-session-storage.ts';
import { useSmsRequest } from './use-sms-request.ts';
import { useVerification } from './use-verification.ts';

export function useRegistration(
  messages: Messages,
  focus: (target: FeedbackTarget) => void,
  onRegistered: (mobile: string) => void,
) {
  const [mobile, setMobile] = useSessionStorage('mobile');
  const [code, setCode] = useState('');
  /** A complete code submits itself, but not while another operation is in flight. */
  const [isSubmitPending, setSubmitPending] = useState(false);
  const control = useFeedback(messages, focus);
  const smsRequest = useSmsRequest(mobile, control, focus);
  const verification = useVerification(control, smsRequest.sent?.deliveryId, (registeredMobile) => {
    setMobile('');
    onRegistered(registeredMobile);
  });
  const isBusy = smsRequest.isRequesting || verification.isRunning;

  const register = () => {
    if (isBusy) return;
    // After a reload the page does not know of an SMS, but a countdown does.
    const isRequested = smsRequest.sent !== undefined || smsRequest.waitSeconds > 0;
    const isIncomplete = control.showPageFeedback(({ mobileProblems, codeMissing, codeNotRequested }) => [
      ...mobileFeedback(mobile, mobileProblems),
      ...feedbackUnless(
        code.length === CODE_LENGTH,
        'code',
        code === '' && !isRequested ? codeNotRequested : codeMissing,
      ),
    ]);
    if (!isIncomplete) void verification.register({ mobile, code });
  };
  const requestCode = () => {
    if (!isBusy && smsRequest.waitSeconds === 0) smsRequest.requestCode();
  };

  useEffect(() => {
    if (!isSubmitPending || isBusy) return;
    setSubmitPending(false);
    register();
  });

  const setters: Record<FieldName, (value: string) => void> = {
    mobile: setMobile,
    captchaAnswer: smsRequest.setCaptchaAnswer,
    code(value) {
      const next = extractCode(value);
      setCode(next);
      setSubmitPending(hasCompleteCode(value) && next !== code);
    },
  };

  return {
    smsRequest,
    values: { mobile, captchaAnswer: smsRequest.captchaAnswer, code },
    feedback: control.feedback,
    isBusy,
    isRegistering: verification.isRunning,
    change(field: FieldName, value: string) {
      control.dismiss(field, 'form');
      setters[field](value);
    },
    requestCode,
    register,
    /** Repeats the failed step. A step that cannot be repeated starts over with a new SMS. */
    retry: () => control.retry(smsRequest.waitSeconds === 0 ? requestCode : undefined),
  };
}
