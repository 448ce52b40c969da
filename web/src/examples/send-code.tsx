import { useState } from 'react';
import { useCountdown, useImageCaptcha, useRequestSmsCode } from '../verification/index.ts';

export function SendCode({ mobile, say }: { mobile: string; say: (sentence: string) => void }) {
  const { outcome: captcha, renew } = useImageCaptcha();
  const [requestSmsCode, isRunning] = useRequestSmsCode();
  const { secondsLeft: wait, start } = useCountdown('resend');
  const [captchaAnswer, setAnswer] = useState('');
  const send = async () => {
    if (captcha?.__typename !== 'ImageCaptcha') return renew();
    const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
    if (outcome.__typename === 'NoResponse') return say('Please send the same again.'); // never a second text
    renew(); // the picture is spent, nearly always
    if (outcome.__typename === 'SmsCodeSent') return start(outcome.resendAfterSeconds);
    say(outcome.message); // or branch on __typename: each member has facts of its own
  };
  return (
    <>
      {captcha?.__typename === 'ImageCaptcha' && <img src={captcha.image} alt="Captcha" />}
      <input aria-label="Captcha" value={captchaAnswer} onChange={(event) => setAnswer(event.target.value)} />
      <input type="button" value={wait || 'Send code'} disabled={isRunning || wait > 0} onClick={send} />
    </>
  );
}
