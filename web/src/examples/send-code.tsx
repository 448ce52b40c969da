import { useCountdown, useImageCaptcha, useRequestSmsCode } from '../verification/index.ts';

export function SendCode({ mobile, say }: { mobile: string; say: (sentence: string) => void }) {
  const { outcome: captcha, renew } = useImageCaptcha();
  const [requestSmsCode, isRunning] = useRequestSmsCode();
  const { secondsLeft, start } = useCountdown('resend');
  const send = async (form: FormData) => {
    if (captcha?.__typename !== 'ImageCaptcha') return renew();
    const answered = { captchaId: captcha.id, captchaAnswer: String(form.get('answer')) };
    const outcome = await requestSmsCode({ mobile, ...answered });
    if (outcome.__typename === 'NoAnswer') return say('Please send the same again.'); // never a second text
    renew(); // the picture is spent in every case
    if (outcome.__typename === 'SmsCodeSent') start(outcome.resendAfterSeconds);
    else say(outcome.message); // or branch on __typename: each member has facts of its own
  };
  return (
    <form action={send}>
      {captcha?.__typename === 'ImageCaptcha' && <img src={captcha.image} alt="Four characters" />}
      <input name="answer" aria-label="Four characters" />
      <input type="submit" disabled={isRunning || secondsLeft > 0} value={secondsLeft || 'Send code'} />
    </form>
  );
}
