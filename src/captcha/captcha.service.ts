// Issues captchas and redeems answers.

import { randomInt } from 'node:crypto';
import type { Audit, Caller } from '../common/audit.ts';
import { randomId, randomToken } from '../common/random-id.ts';
import type { RateLimits } from '../rate-limiting/limits.ts';
import type { RateLimitStore } from '../rate-limiting/rate-limit.store.ts';
import { exceededFacts } from '../rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../rate-limiting/rate-limiting.schema.ts';
import {
  CaptchaExpiredError,
  CaptchaMismatchError,
  ImageCaptcha,
  ProofOfWorkCaptcha,
} from './captcha.schema.ts';
import type { CaptchaStore } from './captcha.store.ts';
import { captchaText, isCaptchaAnswer } from './captcha-text.ts';
import { createProofOfWork, largestCounterFor, PROOF_OF_WORK_ITERATIONS } from './proof-of-work.ts';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from './rendering/captcha-image.ts';
import type { Glyphs } from './rendering/glyphs.ts';

export interface CaptchaDependencies {
  readonly captchas: CaptchaStore;
  readonly rateLimits: RateLimits;
  readonly rateLimitStore: RateLimitStore;
  readonly glyphs: Glyphs;
  readonly ttlSeconds: number;
  /** How busy the guard is for clients of an address, from 0 to 1: see largestCounterFor. */
  readonly pressure: (clientAddress: string) => Promise<number>;
  readonly audit: Audit;
}

export class CaptchaService {
  constructor(private readonly dependencies: CaptchaDependencies) {}

  /**
   * Creates an image captcha. Its text is stored for `ttlSeconds`.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async issueImage(caller: Caller): Promise<ImageCaptcha | TooManyRequestsError> {
    const { captchas, glyphs, ttlSeconds, audit } = this.dependencies;
    const tooMany = await this.reserve(caller);
    if (tooMany) return tooMany;

    const id = randomId();
    const text = captchaText(randomInt);
    await captchas.save(id, text);
    audit('captcha_issued', { caller, captcha: 'image' });
    return new ImageCaptcha({
      id,
      image: captchaImage(text, glyphs, randomInt),
      width: CAPTCHA_WIDTH,
      height: CAPTCHA_HEIGHT,
      expiresInSeconds: ttlSeconds,
    });
  }

  /**
   * Creates a proof-of-work captcha. Its answer is stored like the text of an image, and redeemed in the same way.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async issueProofOfWork(caller: Caller): Promise<ProofOfWorkCaptcha | TooManyRequestsError> {
    const { captchas, ttlSeconds, pressure, audit } = this.dependencies;
    const tooMany = await this.reserve(caller);
    if (tooMany) return tooMany;

    const id = randomId();
    const largestCounter = largestCounterFor(await pressure(caller.clientAddress));
    const { salt, prefix, answer } = await createProofOfWork(id, largestCounter);
    await captchas.save(id, answer);
    audit('captcha_issued', { caller, captcha: 'proof_of_work', largestCounter });
    return new ProofOfWorkCaptcha({
      id,
      salt,
      iterations: PROOF_OF_WORK_ITERATIONS,
      prefix,
      largestCounter,
      expiresInSeconds: ttlSeconds,
    });
  }

  /** Both kinds count against one limit of the address. */
  private async reserve(caller: Caller): Promise<TooManyRequestsError | undefined> {
    const { rateLimits, rateLimitStore, audit } = this.dependencies;
    const limits = rateLimits.of('issueCaptcha', caller.clientAddress);
    const reserved = await rateLimitStore.reserve('issueCaptcha', limits, randomToken());
    if (reserved.kind === 'reserved') return undefined;
    audit('rate_limit_exceeded', { caller, ...exceededFacts(reserved) });
    return new TooManyRequestsError(reserved);
  }

  /**
   * Whether the captcha is neither redeemed nor expired.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  isLive(id: string): Promise<boolean> {
    return this.dependencies.captchas.isLive(id);
  }

  /**
   * Redeems the captcha: it is spent whether the answer is correct or not.
   * @returns `undefined` if the answer is correct.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async redeem(
    id: string,
    answer: string,
    caller: Caller,
  ): Promise<CaptchaExpiredError | CaptchaMismatchError | undefined> {
    const { captchas, audit } = this.dependencies;
    const text = await captchas.redeem(id);
    const outcome = text === null ? 'expired' : isCaptchaAnswer(text, answer) ? 'correct' : 'mismatch';
    audit('captcha_redeemed', { caller, outcome });
    switch (outcome) {
      case 'expired':
        return new CaptchaExpiredError();
      case 'mismatch':
        return new CaptchaMismatchError();
      case 'correct':
        return undefined;
    }
  }
}
