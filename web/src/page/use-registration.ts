// The flow of the registration page, without its looks: its fields, and which step follows which.

import { useEffect, useState } from 'react';
import { type Place, unlessThere } from './feedback.ts';
import { CODE_LENGTH, codeIn, isWholeCode } from './input.ts';
import type { Texts } from './messages.ts';
import { useFeedback } from './use-feedback.ts';
import { useSessionStorage } from './use-session-storage.ts';
import { useSmsRequest } from './use-sms-request.ts';
import { useVerification } from './use-verification.ts';

export type FieldName = Exclude<Place, 'form'>;

export function useRegistration(
  texts: Texts,
  goTo: (place: Place) => void,
  onRegistered: (mobile: string) => void,
) {
  const [mobile, setMobile] = useSessionStorage('mobile');
  const [code, setCode] = useState('');
  /** A code that was typed to its end is to be submitted, as soon as nothing else is under way. */
  const [isCodeDue, setCodeDue] = useState(false);
  const control = useFeedback(texts, goTo);
  const text = useSmsRequest(mobile, control, goTo);
  const proof = useVerification(control, (registered) => {
    setMobile('');
    onRegistered(registered);
  });
  const isBusy = text.isRequesting || proof.isRunning;

  const register = () => {
    if (isBusy) return;
    const isIncomplete = control.sayOwn((inTexts) => [
      ...unlessThere(mobile.trim() !== '', 'mobile', inTexts.mobileMissing),
      ...unlessThere(code.length === CODE_LENGTH, 'code', inTexts.codeMissing),
    ]);
    if (!isIncomplete) void proof.register({ mobile, code });
  };
  const requestCode = () => {
    if (!isBusy && text.waitSeconds === 0) text.requestText();
  };

  useEffect(() => {
    if (!isCodeDue || isBusy) return;
    setCodeDue(false);
    register();
  });

  const change: Record<FieldName, (typed: string) => void> = {
    mobile: setMobile,
    captchaAnswer: text.setCaptchaAnswer,
    code(typed) {
      const next = codeIn(typed);
      setCode(next);
      setCodeDue(isWholeCode(typed) && next !== code);
    },
  };

  return {
    text,
    values: { mobile, captchaAnswer: text.captchaAnswer, code },
    feedback: control.feedback,
    isBusy,
    isRegistering: proof.isRunning,
    change(field: FieldName, typed: string) {
      control.forget(field, 'form');
      change[field](typed);
    },
    requestCode,
    register,
    /** The step that failed once more; what has to begin anew begins with a text. */
    retry: () => control.retry(text.waitSeconds === 0 ? requestCode : undefined),
  };
}
