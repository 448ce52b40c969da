import { useState } from 'react';
import { useCountdown, useImageCaptcha, useRequestSmsCode } from 'yanzheng-sdk/react';

export function SendCode({ mobile, onMessage }: { mobile: string; onMessage: (text: string) => void }) {
  const { outcome: captcha, renew } = useImageCaptcha();
  const [captchaAnswer, setCaptchaAnswer] = useState('');
  const [requestSmsCode, isRequesting] = useRequestSmsCode();
  const { secondsLeft, start } = useCountdown('resend');
  const send = async () => {
    if (captcha?.__typename !== 'ImageCaptcha') return renew();
    const outcome = await requestSmsCode({ mobile, captchaId: captcha.id, captchaAnswer });
    // The SMS may be on its way. The same input never sends a second one, so keep the captcha.
    if (outcome.__typename === 'NoResponse') return onMessage('No response. Please send it again.');
    renew(); // Most outcomes spend the captcha.
    if (outcome.__typename === 'SmsCodeSent') return start(outcome.resendAfterSeconds);
    onMessage(outcome.message); // For details, switch over __typename: each error has its own fields.
  };
  return (
    <>
      {captcha?.__typename === 'ImageCaptcha' && <img src={captcha.image} alt="Captcha" />}
      <input
        aria-label="Captcha"
        value={captchaAnswer}
        onChange={(event) => setCaptchaAnswer(event.target.value)}
      />
      <input
        type="button"
        value={secondsLeft || 'Send code'}
        disabled={isRequesting || secondsLeft > 0}
        onClick={send}
      />
    </>
  );
}
