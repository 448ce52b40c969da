import { useCountdown, useImageCaptcha, useRequestSmsCode } from '../verification/index.ts';

export function SendCode({ mobile, say }: { mobile: string; say: (sentence: string) => void }) {
  const { outcome: captcha, renew } = useImageCaptcha();
  const [requestSmsCode, isRunning] = useRequestSmsCode();
  const { secondsLeft, start } = useCountdown('resend');
  if (captcha?.__typename !== 'ImageCaptcha') return <button onClick={renew}>Load the picture</button>;

  const send = async (form: FormData) => {
    const captchaAnswer = String(form.get('answer'));
    const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
    if (outcome.__typename === 'NoAnswer') return say('Please send the same again.'); // never a second text
    renew(); // an answer is spent in every case
    if (outcome.__typename === 'SmsCodeSent') return start(outcome.resendAfterSeconds);
    say(outcome.message); // or branch on __typename: every member has its own facts
  };
  return (
    <form action={send}>
      <img src={captcha.image} width={captcha.width} height={captcha.height} alt="Four characters" />
      <input name="answer" aria-label="Four characters" required />
      <button disabled={isRunning || secondsLeft > 0}>{secondsLeft || 'Send code'}</button>
    </form>
  );
}
