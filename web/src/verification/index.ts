// The kit: all that a page of yours needs to verify a mobile.

export { createVerificationClient } from './client.ts';
export * from './outcomes.ts';
export { type Countdown, useCountdown } from './use-countdown.ts';
export { type ImageCaptchaState, useImageCaptcha } from './use-image-captcha.ts';
export { useRegisterUser } from './use-register-user.ts';
export { useRequestSmsCode } from './use-request-sms-code.ts';
export { useVerifySmsCode } from './use-verify-sms-code.ts';
