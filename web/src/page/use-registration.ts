// The flow of the registration page, without its looks: which step follows which, and what is kept when one fails.

import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type RegisterUserOutcome,
  type RequestSmsCodeOutcome,
  useCountdown,
  useImageCaptcha,
  useRegisterUser,
  useRequestSmsCode,
  useVerifySmsCode,
} from '../verification/index.ts';
import { type Feedback, type Place, registerFeedback, requestFeedback, verifyFeedback } from './feedback.ts';
import { codeIn, maskedMobile } from './input.ts';
import type { Texts } from './texts.ts';
import { useKeptText } from './use-kept-text.ts';

export type FieldName = Exclude<Place, 'form'>;
export type RegisteredUser = Extract<RegisterUserOutcome, { __typename: 'UserRegistered' }>['user'];
export type Sent = Extract<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }>;

/** What to try again: the very step that got no answer, with the very same input. */
type Retry = () => Promise<void>;

export function useRegistration(texts: Texts, goTo: (place: Place) => void) {
  const captcha = useImageCaptcha();
  const picture = captcha.outcome?.__typename === 'ImageCaptcha' ? captcha.outcome : undefined;
  const [askForText, isRequesting] = useRequestSmsCode();
  const [verifySmsCode, isVerifying] = useVerifySmsCode();
  const [registerUser, isRegistering] = useRegisterUser();
  const resend = useCountdown('resend');

  const [mobile, setMobile] = useKeptText('mobile');
  const [captchaAnswer, setCaptchaAnswer] = useState('');
  const [code, setCode] = useState('');
  const [feedback, setFeedback] = useState<readonly Feedback[]>([]);
  const [retry, setRetry] = useState<Retry>();
  const [sent, setSent] = useState<Sent>();
  const [isPictureSpent, setPictureSpent] = useState(false);
  const [user, setUser] = useState<RegisteredUser>();
  /** A proof that has not been used yet: its code is spent, so it must outlive a registration that fails. */
  const proof = useRef<{ mobile: string; code: string; token: string }>(undefined);

  const isBusy = isRequesting || isVerifying || isRegistering;
  const typedMobile = maskedMobile(mobile);
  const isWaiting =
    resend.secondsLeft > 0 && (typedMobile === undefined || ['', typedMobile].includes(resend.subject));

  const { renew } = captcha;
  const newPicture = useCallback(() => {
    setCaptchaAnswer('');
    setPictureSpent(false);
    renew();
  }, [renew]);
  // The picture behind a text is spent, too; another is of use only when another text may be asked for.
  useEffect(() => {
    if (isPictureSpent && !isWaiting) newPicture();
  }, [isPictureSpent, isWaiting, newPicture]);
  // A picture that was renewed before its end makes what was typed for the last one worthless.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new picture
  useEffect(() => setCaptchaAnswer(''), [picture?.id]);

  const say = (said: Feedback, again?: Retry) => {
    setFeedback([said]);
    setRetry(() => again);
    goTo(said.next ?? said.at);
  };
  const sayMissing = (missing: readonly Feedback[]) => {
    setFeedback(missing);
    setRetry(undefined);
    if (missing[0]) goTo(missing[0].at);
    return missing.length > 0;
  };
  const forget = (...places: readonly Place[]) =>
    setFeedback((all) => all.filter(({ at }) => !places.includes(at)));

  const requestText = async (input: Parameters<typeof askForText>[0]): Promise<void> => {
    const outcome = await askForText(input);
    if (outcome.__typename === 'SmsCodeSent') {
      setFeedback([]);
      setSent(outcome);
      setPictureSpent(true);
      resend.start(outcome.resendAfterSeconds, outcome.mobile);
      return goTo('code');
    }
    setSent(undefined);
    if (outcome.__typename === 'SmsNotDeliveredError' && outcome.mayStillArrive)
      resend.start(outcome.retryAfterSeconds, maskedMobile(input.mobile));
    // Whether the service got that request is not known: only the same one can be repeated without a second text.
    if (outcome.__typename !== 'NoAnswer') newPicture();
    return say(
      requestFeedback(outcome, texts),
      outcome.__typename === 'NoAnswer' ? () => requestText(input) : undefined,
    );
  };

  const register = async (input: { mobile: string; code: string }): Promise<void> => {
    if (proof.current?.mobile !== input.mobile || proof.current.code !== input.code) {
      const verified = await verifySmsCode(input);
      if (verified.__typename !== 'MobileVerified')
        return say(verifyFeedback(verified, texts), () => register(input));
      proof.current = { ...input, token: verified.verificationToken };
    }
    const outcome = await registerUser({ verificationToken: proof.current.token });
    if (outcome.__typename === 'UserRegistered') {
      setMobile('');
      return setUser(outcome.user);
    }
    const said = registerFeedback(outcome, texts);
    if (!said.canRetry) proof.current = undefined;
    return say(said, () => register(input));
  };

  const requestCode = () => {
    if (isBusy || isWaiting) return;
    if (!picture) newPicture();
    const missing = [
      ...absent('mobile', mobile, texts.mobileMissing),
      ...absent('captchaAnswer', captchaAnswer, texts.captchaMissing),
    ];
    if (sayMissing(missing) || !picture) return;
    void requestText({ mobile, captchaId: picture.id, captchaAnswer });
  };

  return {
    captcha,
    picture,
    isPictureSpent,
    values: { mobile, captchaAnswer, code },
    feedback,
    sent,
    user,
    isBusy,
    isRequesting,
    isRegistering: isVerifying || isRegistering,
    /** Seconds until another text to this mobile; 0 when one may be asked for. */
    waitSeconds: isWaiting ? resend.secondsLeft : 0,
    newPicture,
    change(field: FieldName, text: string) {
      forget(field, 'form');
      setRetry(undefined);
      if (field === 'mobile') setMobile(text);
      if (field === 'captchaAnswer') setCaptchaAnswer(text);
      if (field !== 'code') return;
      const next = codeIn(text);
      setCode(next);
      if (next.length === 6 && next !== code && !isBusy && mobile.trim())
        void register({ mobile, code: next });
    },
    requestCode,
    /** The step that failed once more; without a step to repeat, another text is asked for. */
    retry: () => (retry ? void retry() : requestCode()),
    register() {
      if (isBusy) return;
      const missing = [
        ...absent('mobile', mobile, texts.mobileMissing),
        ...absent('code', code, texts.codeMissing),
      ];
      if (!sayMissing(missing)) void register({ mobile, code });
    },
  };
}

export type Registration = ReturnType<typeof useRegistration>;

function absent(at: FieldName, value: string, message: string): Feedback[] {
  return value.trim() === '' ? [{ at, message }] : [];
}
