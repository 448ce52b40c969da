// Asking for a text: the picture, its answer, and the time until the next text.

import { useCallback, useEffect, useState } from 'react';
import {
  type RequestSmsCodeOutcome,
  useCountdown,
  useImageCaptcha,
  useRequestSmsCode,
} from '../verification/index.ts';
import { type Place, requestFeedback, unlessThere } from './feedback.ts';
import { mayBe } from './input.ts';
import type { FeedbackControl } from './use-feedback.ts';
import { useSessionStorage } from './use-session-storage.ts';

export type Sent = Extract<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }>;

export function useSmsRequest(mobile: string, control: FeedbackControl, goTo: (place: Place) => void) {
  const captcha = useImageCaptcha();
  const picture = captcha.outcome?.__typename === 'ImageCaptcha' ? captcha.outcome : undefined;
  const [askForText, isRequesting] = useRequestSmsCode();
  const resend = useCountdown('resend');
  /** Whose countdown it is; this tab alone knows, since a number is not to be left behind in a browser. */
  const [waitingFor, setWaitingFor] = useSessionStorage('waiting-for');
  const [captchaAnswer, setCaptchaAnswer] = useState('');
  const [sent, setSent] = useState<Sent>();
  const [spentId, setSpentId] = useState<string>();

  const isSpent = picture !== undefined && picture.id === spentId;
  const isWaiting = resend.secondsLeft > 0 && mayBe(mobile, waitingFor);

  const { renew } = captcha;
  const newPicture = useCallback(() => {
    setCaptchaAnswer('');
    renew();
  }, [renew]);
  // The picture behind a text is spent, too; another is of use only when another text may be asked for.
  useEffect(() => {
    if (isSpent && !isWaiting) newPicture();
  }, [isSpent, isWaiting, newPicture]);
  // A picture that was renewed before its end makes what was typed for the last one worthless.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new picture
  useEffect(() => setCaptchaAnswer(''), [picture?.id]);

  const wait = (seconds: number, forMobile: string) => {
    setWaitingFor(forMobile);
    resend.start(seconds);
  };

  const ask = async (input: Parameters<typeof askForText>[0]): Promise<void> => {
    const outcome = await askForText(input);
    // Whether the service got that request is not known: only the same one can be repeated without a second text.
    if (outcome.__typename === 'NoResponse') {
      control.sayOwn(
        (texts) => [requestFeedback(outcome, texts)],
        () => ask(input),
      );
      return;
    }
    if (outcome.__typename === 'SmsCodeSent') {
      control.sayNothing();
      setSent(outcome);
      setSpentId(input.captchaId);
      wait(outcome.resendAfterSeconds, input.mobile);
      return goTo('code');
    }
    setSent(undefined);
    newPicture();
    if (outcome.__typename === 'SmsSendFailedError' && outcome.mayStillArrive)
      wait(outcome.retryAfterSeconds, input.mobile);
    control.sayServices((texts) => [requestFeedback(outcome, texts)]);
  };

  return {
    captcha,
    isSpent,
    captchaAnswer,
    setCaptchaAnswer,
    newPicture,
    isRequesting,
    sent,
    /** Seconds until another text to this mobile; 0 when one may be asked for. */
    waitSeconds: isWaiting ? resend.secondsLeft : 0,
    requestText() {
      const isAnswerable = picture !== undefined && !isSpent && !captcha.isLoading;
      if (!picture && !captcha.isLoading) newPicture();
      const isIncomplete = control.sayOwn((texts) => [
        ...unlessThere(mobile.trim() !== '', 'mobile', texts.mobileMissing),
        ...unlessThere(isAnswerable && captchaAnswer.trim() !== '', 'captchaAnswer', texts.captchaMissing),
      ]);
      if (isAnswerable && !isIncomplete) void ask({ mobile, captchaId: picture.id, captchaAnswer });
    },
  };
}
