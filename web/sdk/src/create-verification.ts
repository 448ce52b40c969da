// Calls the service with `fetch`. It depends on no framework.

import type {
  ImageCaptchaQuery,
  ProofOfWorkCaptchaQuery,
  RegisterUserInput,
  RegisterUserMutation,
  RequestSmsCodeInput,
  RequestSmsCodeMutation,
  SmsDeliveryQuery,
  VerifySmsCodeInput,
  VerifySmsCodeMutation,
} from './generated/operations.ts';
import {
  IMAGE_CAPTCHA,
  PROOF_OF_WORK_CAPTCHA,
  REGISTER_USER,
  REQUEST_SMS_CODE,
  SMS_DELIVERY,
  VERIFY_SMS_CODE,
} from './operations.ts';
import type {
  ImageCaptchaOutcome,
  NoResponse,
  ProofOfWorkCaptchaOutcome,
  RegisterUserOutcome,
  RequestSmsCodeOutcome,
  SmsDeliveryOutcome,
  VerifySmsCodeOutcome,
} from './outcomes.ts';

/** Longer than the default time budget of the service, even if the SMS provider hangs. */
const DEFAULT_TIMEOUT_MS = 15_000;

export interface VerificationOptions {
  /** The address of the GraphQL endpoint: `https://verify.example.com/graphql`, or `/graphql` on the same origin. */
  readonly url: string;
  /** The language of the messages, asked before each request. Default: `<html lang>`, else the browser's languages. */
  readonly language?: () => string | undefined;
  /** After so long without a response, the outcome is `NoResponse`. Default: 15 seconds. */
  readonly timeoutMs?: number;
  /** Replaces the global `fetch`, for example to add a header. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** Ends the call, which then rejects with the reason of the signal. The service may still execute the operation. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The operations of the service. Each resolves to a member of its union, or to `NoResponse`. They reject only when their
 * `signal` aborts.
 */
export interface Verification {
  imageCaptcha(options?: CallOptions): Promise<ImageCaptchaOutcome>;
  proofOfWorkCaptcha(options?: CallOptions): Promise<ProofOfWorkCaptchaOutcome>;
  /** After `NoResponse`, call it again with the same input: the service sends no second SMS. */
  requestSmsCode(input: RequestSmsCodeInput, options?: CallOptions): Promise<RequestSmsCodeOutcome>;
  /** @param id the `deliveryId` of `SmsCodeSent`. */
  smsDelivery(id: string, options?: CallOptions): Promise<SmsDeliveryOutcome>;
  /** A correct code works once. If the response to it is lost, the person needs a new SMS. */
  verifySmsCode(input: VerifySmsCodeInput, options?: CallOptions): Promise<VerifySmsCodeOutcome>;
  /** After `ServiceUnavailableError` and `NoResponse`, call it again with the same token. */
  registerUser(input: RegisterUserInput, options?: CallOptions): Promise<RegisterUserOutcome>;
}

/**
 * Creates the operations of the service at `url`. Create it once for a page.
 *
 * @example
 * const verification = createVerification({ url: 'https://verify.example.com/graphql' });
 * const captcha = await verification.imageCaptcha();
 * if (captcha.__typename === 'ImageCaptcha') image.src = captcha.image;
 */
export function createVerification(options: VerificationOptions): Verification {
  const call = async <Data extends object>(
    query: string,
    variables: object,
    { signal }: CallOptions = {},
  ): Promise<Data[keyof Data] | NoResponse> => {
    try {
      const { data } = await post<Data>(options, { operationName: nameOf(query), query, variables }, signal);
      // Every operation has one field.
      return data ? (Object.values(data)[0] as Data[keyof Data]) : { __typename: 'NoResponse' };
    } catch {
      signal?.throwIfAborted();
      return { __typename: 'NoResponse' };
    }
  };
  return {
    imageCaptcha: (to) => call<ImageCaptchaQuery>(IMAGE_CAPTCHA, {}, to),
    proofOfWorkCaptcha: (to) => call<ProofOfWorkCaptchaQuery>(PROOF_OF_WORK_CAPTCHA, {}, to),
    requestSmsCode: (input, to) => call<RequestSmsCodeMutation>(REQUEST_SMS_CODE, { input }, to),
    smsDelivery: (id, to) => call<SmsDeliveryQuery>(SMS_DELIVERY, { id }, to),
    verifySmsCode: (input, to) => call<VerifySmsCodeMutation>(VERIFY_SMS_CODE, { input }, to),
    registerUser: (input, to) => call<RegisterUserMutation>(REGISTER_USER, { input }, to),
  };
}

interface GraphqlRequest {
  readonly operationName: string;
  readonly query: string;
  readonly variables: object;
}

/** @throws if there is no response in time, or if it is no JSON object. */
async function post<Data>(
  {
    url,
    language = pageLanguage,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    fetch = globalThis.fetch,
  }: VerificationOptions,
  request: GraphqlRequest,
  signal: AbortSignal | undefined,
): Promise<{ data?: Data | null }> {
  const tag = language();
  const ending = new AbortController();
  const end = () => ending.abort();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  const timer = setTimeout(end, timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(tag && { 'accept-language': tag }) },
      body: JSON.stringify(request),
      signal: ending.signal,
    });
    return await response.json();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function nameOf(query: string): string {
  return /\w+ (\w+)/.exec(query)?.[1] ?? '';
}

/** `<html lang>`; `undefined` outside of a page. */
function pageLanguage(): string | undefined {
  return globalThis.document?.documentElement.lang || undefined;
}
