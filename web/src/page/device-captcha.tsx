// The captcha that the device solves, in the place of the image and its input.

import type { ProofOfWorkCaptchaState } from '../verification/index.ts';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';
import type { Messages } from './messages.ts';

interface DeviceCaptchaProps {
  readonly work: ProofOfWorkCaptchaState;
  readonly feedback: Feedback | undefined;
  readonly messages: Messages;
  readonly onUseImage: () => void;
}

export function DeviceCaptcha({ work, feedback, messages, onUseImage }: DeviceCaptchaProps) {
  return (
    <fieldset className="field device-captcha" aria-describedby="device-captcha-message">
      <legend>{messages.work}</legend>
      <progress value={work.progress} aria-label={messages.work} hidden={!work.isSolving} />
      {/* The element exists before its content changes: screen readers announce changes only. */}
      <p className="hint" role="status">
        {work.isSolving ? messages.working : messages.workHint}
      </p>
      <button type="button" className="link" onClick={onUseImage}>
        {messages.useImage}
      </button>
      <Message id="device-captcha-message" feedback={feedback} />
    </fieldset>
  );
}
