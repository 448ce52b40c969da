// Requests an SMS: the captcha, its answer, and the countdown to the next SMS.

import { useCallback, useEffect, useState } from 'react';
import {
  isCaptchaSpent as isSpentBy,
  type RequestSmsCodeInput,
  type RequestSmsCodeOutcome,
} from 'yanzheng-sdk';
import {
  useCountdown,
  useImageCaptcha,
  useProofOfWorkCaptcha,
  useRequestSmsCode,
  useSmsDelivery,
} from 'yanzheng-sdk/react';
import { type FeedbackTarget, feedbackUnless, mobileFeedback, requestFeedback } from './feedback.ts';
import { canBeMobile } from './input.ts';
import type { Purpose } from './purpose.ts';
import type { FeedbackControl } from './use-feedback.ts';
import { useSessionStorage } from './use-session-storage.ts';

/** An SMS that the service sent, and what it was requested for. */
interface SentSms extends Extract<RequestSmsCodeOutcome, { __typename: 'SmsCodeSent' }> {
  readonly purpose: Purpose;
  readonly to: string;
  /** How many SMS in a row this mobile was sent. */
  readonly count: number;
}

export function useSmsRequest(
  mobile: string,
  purpose: Purpose,
  hasConsented: boolean,
  control: FeedbackControl,
  focus: (target: FeedbackTarget) => void,
) {
  const captcha = useImageCaptcha();
  const image = captcha.outcome?.__typename === 'ImageCaptcha' ? captcha.outcome : undefined;
  const work = useProofOfWorkCaptcha();
  /** Whether the device solves a task, because the person cannot read the image. */
  const [usesWork, setUsesWork] = useState(false);
  const [requestSmsCode, isSending] = useRequestSmsCode();
  const [captchaAnswer, setCaptchaAnswer] = useState('');
  const [lastSent, setSent] = useState<SentSms>();
  // A code works for the purpose that it was requested for.
  const sent = lastSent?.purpose === purpose ? lastSent : undefined;
  const [spentId, setSpentId] = useState<string>();
  const delivery = useSmsDelivery(sent?.deliveryId);
  const [waitSeconds, startCountdown] = useResendCountdown(mobile);
  const isCaptchaSpent = image !== undefined && image.id === spentId;

  const { renew } = captcha;
  const renewCaptcha = useCallback(() => {
    setCaptchaAnswer('');
    renew();
  }, [renew]);
  // The captcha of a successful request is spent. Its successor expires, so it loads only after the countdown.
  useEffect(() => {
    if (isCaptchaSpent && waitSeconds === 0) renewCaptcha();
  }, [isCaptchaSpent, waitSeconds, renewCaptcha]);
  // A captcha can also expire while the person types. The answer to the old image is wrong for the new one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for each new image
  useEffect(() => setCaptchaAnswer(''), [image?.id]);

  const request = async (input: RequestSmsCodeInput): Promise<void> => {
    const outcome = await requestSmsCode(input);
    if (outcome.__typename === 'NoResponse') {
      // The service may have sent the SMS. Only a retry with the same input cannot send a second one.
      control.show(
        (messages) => [requestFeedback(outcome, messages)],
        () => request(input),
      );
      return;
    }
    if (outcome.__typename === 'SmsCodeSent') {
      control.clear();
      setSent((previous) => ({
        ...outcome,
        purpose,
        to: input.mobile,
        count: previous?.to === input.mobile ? previous.count + 1 : 1,
      }));
      setSpentId(input.captchaId);
      startCountdown(outcome.resendAfterSeconds, input.mobile);
      focus('code');
      return;
    }
    setSent(undefined);
    if (isSpentBy(outcome)) renewCaptcha();
    if (outcome.__typename === 'SmsSendFailedError' && outcome.mayStillArrive)
      startCountdown(outcome.retryAfterSeconds, input.mobile);
    control.show((messages) => [requestFeedback(outcome, messages)]);
  };

  const requestWithWork = async () => {
    const solution = await work.solve();
    if (solution) await request({ mobile, purpose, ...solution });
  };

  return {
    captcha,
    work,
    usesWork,
    /** Chooses the task for the device, or the image again. */
    chooseWork(isChosen: boolean) {
      if (!isChosen) work.cancel();
      control.dismiss('captchaAnswer');
      setUsesWork(isChosen);
    },
    isCaptchaSpent,
    captchaAnswer,
    setCaptchaAnswer,
    renewCaptcha,
    isRequesting: isSending || work.isSolving,
    sent,
    /** What became of the SMS, once the service knows it. */
    delivery,
    /** Seconds until this mobile can get another SMS; 0 if it can get one now. */
    waitSeconds,
    requestCode() {
      const isImageReady = image !== undefined && !isCaptchaSpent && !captcha.isLoading;
      if (!usesWork && !image && !captcha.isLoading) renewCaptcha();
      const isAnswered = usesWork || (isImageReady && captchaAnswer.trim() !== '');
      const isIncomplete = control.show(({ mobileProblems, captchaMissing, consentMissing }) => [
        ...mobileFeedback(mobile, mobileProblems),
        ...feedbackUnless(isAnswered, 'captchaAnswer', captchaMissing),
        ...feedbackUnless(hasConsented, 'consent', consentMissing),
      ]);
      if (isIncomplete) return;
      if (usesWork) void requestWithWork();
      else if (isImageReady) void request({ mobile, purpose, captchaId: image.id, captchaAnswer });
    },
  };
}

/** The countdown to the next SMS. It applies to the mobile that got the last one: a corrected number need not wait. */
function useResendCountdown(
  mobile: string,
): [waitSeconds: number, start: (seconds: number, mobile: string) => void] {
  const countdown = useCountdown('resend');
  // In sessionStorage, unlike the countdown itself: a mobile must not stay in the browser after the visit.
  const [waitingMobile, setWaitingMobile] = useSessionStorage('waiting-for');
  const start = (seconds: number, forMobile: string) => {
    setWaitingMobile(forMobile);
    countdown.start(seconds);
  };
  return [canBeMobile(mobile, waitingMobile) ? countdown.secondsLeft : 0, start];
}
