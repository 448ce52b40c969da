// A client of the service: one method for each operation, over HTTP.

import { captchaKey } from './redis-keys.ts';

const IMAGE_CAPTCHA = `query { imageCaptcha {
  __typename
  ... on ImageCaptcha { id image width height expiresInSeconds }
  ... on UserError { message }
  ... on TooManyRequestsError { scope retryAfterSeconds }
  ... on ServiceUnavailableError { retryAfterSeconds }
} }`;

const REQUEST_SMS_CODE = `mutation ($input: RequestSmsCodeInput!) { requestSmsCode(input: $input) {
  __typename
  ... on SmsCodeSent { mobile codeLength expiresInSeconds resendAfterSeconds }
  ... on UserError { message }
  ... on IncompleteInputError { missingFields }
  ... on TooManyRequestsError { scope retryAfterSeconds }
  ... on SmsSendFailedError { mayStillArrive retryAfterSeconds }
  ... on ServiceUnavailableError { retryAfterSeconds }
} }`;

const VERIFY_SMS_CODE = `mutation ($input: VerifySmsCodeInput!) { verifySmsCode(input: $input) {
  __typename
  ... on MobileVerified { verificationToken expiresInSeconds }
  ... on UserError { message }
  ... on IncompleteInputError { missingFields }
  ... on SmsCodeMismatchError { attemptsRemaining }
  ... on TooManyRequestsError { scope retryAfterSeconds }
  ... on ServiceUnavailableError { retryAfterSeconds }
} }`;

const REGISTER_USER = `mutation ($input: RegisterUserInput!) { registerUser(input: $input) {
  __typename
  ... on UserRegistered { user { id mobile registeredAt } }
  ... on UserError { message }
  ... on ServiceUnavailableError { retryAfterSeconds }
} }`;

/** Any member of a union, with the fields that the operations above select. */
export interface Outcome {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

export interface SmsCodeRequest {
  readonly mobile: string;
  readonly captchaId: string;
  readonly captchaAnswer: string;
  readonly purpose?: Purpose;
}

export type Purpose = 'REGISTER' | 'LOGIN';

export type Headers = Record<string, string>;

/** The headers of a caller that reads Chinese. */
export const zh = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' };

/** The first ones are magic numbers of the simulator. */
let lastMobile = 13_800_000_100;

/** A number that no other test uses. */
export function freshMobile(): string {
  lastMobile += 1;
  return String(lastMobile);
}

export class Api {
  constructor(
    private readonly url: string,
    /** Has the answers of captchas. */
    private readonly redis: { get(key: string): Promise<string | null> },
  ) {}

  /** Any HTTP request to /graphql. */
  post(body: unknown, headers: Headers = {}): Promise<Response> {
    return fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** One operation. Fails unless the response has data and no errors. */
  async ask(query: string, variables: unknown, headers: Headers = {}): Promise<Record<string, Outcome>> {
    const response = await this.post({ query, variables }, headers);
    const body = await response.text();
    const { data, errors } = JSON.parse(body);
    if (errors || !data)
      throw new Error(`no data for ${query} ${JSON.stringify(variables)}: ${response.status} ${body}`);
    return data;
  }

  async imageCaptcha(headers?: Headers): Promise<Outcome> {
    return (await this.ask(IMAGE_CAPTCHA, {}, headers)).imageCaptcha as Outcome;
  }

  async requestSmsCode(input: SmsCodeRequest, headers?: Headers): Promise<Outcome> {
    return (await this.ask(REQUEST_SMS_CODE, { input }, headers)).requestSmsCode as Outcome;
  }

  async verifySmsCode(mobile: string, code: string, purpose?: Purpose, headers?: Headers): Promise<Outcome> {
    const input = { mobile, code, ...(purpose && { purpose }) };
    return (await this.ask(VERIFY_SMS_CODE, { input }, headers)).verifySmsCode as Outcome;
  }

  async registerUser(verificationToken: unknown, headers?: Headers): Promise<Outcome> {
    return (await this.ask(REGISTER_USER, { input: { verificationToken } }, headers)).registerUser as Outcome;
  }

  /** A new captcha with its answer, which a person would read from the image. */
  async readCaptcha(): Promise<{ captchaId: string; captchaAnswer: string }> {
    const { id } = expectType(await this.imageCaptcha(), 'ImageCaptcha');
    const captchaAnswer = await this.redis.get(captchaKey(id));
    if (captchaAnswer === null) throw new Error(`no answer of the captcha ${id} in Redis`);
    return { captchaId: String(id), captchaAnswer };
  }

  /** Requests an SMS with a solved captcha. */
  async requestWithCaptcha(mobile: string, purpose?: Purpose, headers?: Headers): Promise<Outcome> {
    const captcha = await this.readCaptcha();
    return this.requestSmsCode({ mobile, ...captcha, ...(purpose && { purpose }) }, headers);
  }
}

/** Asserts the member of the union; on failure, shows the whole outcome. */
export function expectType(outcome: Outcome, type: string): Outcome {
  if (outcome.__typename !== type) throw new Error(`expected ${type}, got ${JSON.stringify(outcome)}`);
  return outcome;
}

/** How many outcomes there are of each type. */
export function countTypes(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { __typename } of outcomes) counts[__typename] = (counts[__typename] ?? 0) + 1;
  return counts;
}
