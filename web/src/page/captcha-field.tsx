// The captcha: its image in the row of its input.

import type { InputHTMLAttributes } from 'react';
import type { ImageCaptchaState } from 'yanzheng-sdk/react';
import { FieldFrame, type FieldProps, inputProps } from './field.tsx';
import type { Messages } from './messages.ts';

interface CaptchaFieldProps extends FieldProps {
  readonly captcha: ImageCaptchaState;
  /** The captcha has been redeemed. It stays visible, but the service no longer accepts it. */
  readonly isSpent: boolean;
  readonly messages: Messages;
  readonly input: InputHTMLAttributes<HTMLInputElement>;
  readonly onRenew: () => void;
}

export function CaptchaField({ captcha, isSpent, messages, input, onRenew, ...field }: CaptchaFieldProps) {
  return (
    <FieldFrame id={field.id} label={messages.captcha} feedback={field.feedback}>
      <div className="control captcha">
        <input {...inputProps(field)} {...input} autoComplete="off" maxLength={8} />
        <CaptchaImage captcha={captcha} isSpent={isSpent} messages={messages} />
        <button
          type="button"
          className="icon"
          aria-label={messages.newCaptcha}
          title={messages.newCaptcha}
          onClick={onRenew}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M20 12a8 8 0 1 1-2.4-5.7M20 3.5v4h-4" />
          </svg>
        </button>
      </div>
    </FieldFrame>
  );
}

type CaptchaImageProps = Pick<CaptchaFieldProps, 'captcha' | 'isSpent' | 'messages'>;

/** The image or its placeholder. Both have the same size, so that the layout never shifts. */
function CaptchaImage({ captcha: { outcome, isLoading }, isSpent, messages }: CaptchaImageProps) {
  const image = outcome?.__typename === 'ImageCaptcha' ? outcome : undefined;
  const isStale = isLoading || isSpent;
  return (
    <div className={isStale ? 'captcha-image stale' : 'captcha-image'} aria-busy={isLoading}>
      {image ? (
        <img src={image.image} width={image.width} height={image.height} alt={messages.captchaAlt} />
      ) : (
        <span>{isLoading ? messages.captchaLoading : messages.captchaFailed}</span>
      )}
    </div>
  );
}
