// The React hooks. Each stands on the operations of `createVerification`.

export { useRegisterUser, useRequestSmsCode, useVerifySmsCode } from './mutations.ts';
export { useVerification, VerificationProvider } from './provider.ts';
export { type Countdown, useCountdown } from './use-countdown.ts';
export type { DedupedCall } from './use-deduped.ts';
export { type ImageCaptchaState, useImageCaptcha } from './use-image-captcha.ts';
export { type ProofOfWorkCaptchaState, useProofOfWorkCaptcha } from './use-proof-of-work-captcha.ts';
export { useSmsDelivery } from './use-sms-delivery.ts';
