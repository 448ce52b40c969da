// The SDK without a framework: everything that a page or a program needs to verify a mobile.

export {
  type CallOptions,
  createVerification,
  type Verification,
  type VerificationOptions,
} from './create-verification.ts';
export type { RegisterUserInput, RequestSmsCodeInput, VerifySmsCodeInput } from './generated/operations.ts';
export * from './outcomes.ts';
export {
  type CaptchaSolution,
  canSolveCaptcha,
  type ProofOfWorkError,
  type SolvedCaptcha,
  type SolveOptions,
  solveCaptcha,
} from './solve-captcha.ts';
export { type ProofOfWorkTask, solveProofOfWork } from './solve-proof-of-work.ts';
export { type SmsDeliveryStatus, watchSmsDelivery } from './watch-sms-delivery.ts';
