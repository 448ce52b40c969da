// The captcha image or its placeholder. Both have the same size, so that the layout never shifts.

import type { ImageCaptchaState } from '../verification/index.ts';
import type { Messages } from './messages.ts';

interface CaptchaImageProps {
  readonly captcha: ImageCaptchaState;
  /** The captcha has been redeemed. It stays visible, but the service no longer accepts it. */
  readonly isSpent: boolean;
  readonly messages: Messages;
  readonly onRenew: () => void;
}

export function CaptchaImage({ captcha, isSpent, messages, onRenew }: CaptchaImageProps) {
  const { outcome, isLoading } = captcha;
  const image = outcome?.__typename === 'ImageCaptcha' ? outcome : undefined;
  const isStale = isLoading || isSpent;
  return (
    <>
      <div className={isStale ? 'captcha-image stale' : 'captcha-image'} aria-busy={isLoading}>
        {image ? (
          <img src={image.image} width={image.width} height={image.height} alt={messages.captchaAlt} />
        ) : (
          <span>{isLoading ? messages.captchaLoading : messages.captchaFailed}</span>
        )}
      </div>
      <button type="button" className="secondary" onClick={onRenew}>
        {messages.newCaptcha}
      </button>
    </>
  );
}
