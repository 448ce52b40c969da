// The captcha that the device solves, in the place of the image and its input.

import type { ProofOfWorkCaptchaState } from 'yanzheng-sdk/react';
import type { Feedback } from './feedback.ts';
import { Message } from './message.tsx';
import type { Messages } from './messages.ts';

interface DeviceCaptchaProps {
  readonly work: ProofOfWorkCaptchaState;
  readonly feedback: Feedback | undefined;
  readonly messages: Messages;
}

export function DeviceCaptcha({ work, feedback, messages }: DeviceCaptchaProps) {
  return (
    <fieldset className="field device-captcha" aria-describedby="device-captcha-message">
      <legend>{messages.work}</legend>
      <div className="control work">
        {/* The element exists before its content changes: screen readers announce changes only. */}
        <p role="status">{work.isSolving ? messages.working : messages.workHint}</p>
        <progress value={work.progress} aria-label={messages.work} hidden={!work.isSolving} />
      </div>
      <div className="field-messages">
        <Message id="device-captcha-message" feedback={feedback} />
      </div>
    </fieldset>
  );
}
