// The picture of the captcha, or what stands in its place; always of the same size, so that nothing moves.

import type { ImageCaptchaState } from '../verification/index.ts';
import type { Texts } from './messages.ts';

interface CaptchaPictureProps {
  readonly captcha: ImageCaptchaState;
  /** It has been answered: it is shown, but worth nothing. */
  readonly isSpent: boolean;
  readonly texts: Texts;
  readonly onAnother: () => void;
}

export function CaptchaPicture({ captcha, isSpent, texts, onAnother }: CaptchaPictureProps) {
  const { outcome, isLoading } = captcha;
  const picture = outcome?.__typename === 'ImageCaptcha' ? outcome : undefined;
  const isStale = isLoading || isSpent;
  return (
    <>
      <div className={isStale ? 'picture stale' : 'picture'} aria-busy={isLoading}>
        {picture ? (
          <img src={picture.image} width={picture.width} height={picture.height} alt={texts.captchaAlt} />
        ) : (
          <span>{isLoading ? texts.captchaLoading : texts.captchaFailed}</span>
        )}
      </div>
      <button type="button" className="quiet" onClick={onAnother}>
        {texts.anotherPicture}
      </button>
    </>
  );
}
