// The SDK: everything that a page needs to verify a mobile.

export { createVerificationClient } from './client';
export type { RegisterUserInput, RequestSmsCodeInput, VerifySmsCodeInput } from './generated/graphql';
export * from './outcomes';
export { type ProofOfWorkTask, solveProofOfWork } from './solve-proof-of-work';
export { type Countdown, useCountdown } from './use-countdown';
export type { MutationTuple } from './use-deduped-mutation';
export { type ImageCaptchaState, useImageCaptcha } from './use-image-captcha';
export {
  type CaptchaSolution,
  type ProofOfWorkCaptchaState,
  type ProofOfWorkError,
  useProofOfWorkCaptcha,
} from './use-proof-of-work-captcha';
export { useRegisterUser } from './use-register-user';
export { useRequestSmsCode } from './use-request-sms-code';
export { type SmsDeliveryStatus, useSmsDelivery } from './use-sms-delivery';
export { useVerifySmsCode } from './use-verify-sms-code';
