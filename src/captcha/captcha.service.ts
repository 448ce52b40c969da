// Issues captchas and takes their answers.

import { randomInt } from 'node:crypto';
import type { Audit, Caller } from '../common/audit.ts';
import type { KeyedHash } from '../common/keyed-hash.ts';
import { randomId } from '../common/random-id.ts';
import type { RateLimitStore } from '../rate-limiting/rate-limit.store.ts';
import { addressAllowance } from '../rate-limiting/rate-limit.ts';
import type { TooManyRequestsError } from '../rate-limiting/rate-limiting.schema.ts';
import { CaptchaExpiredError, CaptchaMismatchError, ImageCaptcha } from './captcha.schema.ts';
import type { CaptchaStore } from './captcha.store.ts';
import { captchaText, isCaptchaAnswer } from './captcha-text.ts';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from './rendering/captcha-image.ts';
import type { Glyphs } from './rendering/glyphs.ts';

export interface CaptchaSettings {
  readonly ttlSeconds: number;
  readonly perAddressPerMinute: number;
}

export class CaptchaService {
  constructor(
    private readonly captchas: CaptchaStore,
    private readonly rateLimit: RateLimitStore,
    private readonly hash: KeyedHash,
    private readonly settings: CaptchaSettings,
    private readonly audit: Audit,
    private readonly glyphs: Glyphs,
  ) {}

  /**
   * A new captcha, its text kept for `ttlSeconds`.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async issue(caller: Caller): Promise<ImageCaptcha | TooManyRequestsError> {
    const askedTooOften = await this.rateLimit.reserve([this.perMinute(caller.clientAddress)]);
    if (askedTooOften) {
      this.audit('rate_limit_exceeded', { caller, scope: askedTooOften.scope });
      return askedTooOften;
    }

    const id = randomId();
    const text = captchaText(randomInt);
    await this.captchas.save(id, text);
    this.audit('captcha_issued', { caller });
    return new ImageCaptcha({
      id,
      image: captchaImage(text, this.glyphs, randomInt),
      width: CAPTCHA_WIDTH,
      height: CAPTCHA_HEIGHT,
      expiresInSeconds: this.settings.ttlSeconds,
    });
  }

  /**
   * Whether the captcha can still be answered.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  isLive(id: string): Promise<boolean> {
    return this.captchas.isLive(id);
  }

  /**
   * Spends the captcha, whatever the answer is.
   * @returns the refusal, or `undefined` if the answer is right.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async take(
    id: string,
    answer: string,
    caller: Caller,
  ): Promise<CaptchaExpiredError | CaptchaMismatchError | undefined> {
    const refusal = refusalOf(await this.captchas.take(id), answer);
    const outcome =
      refusal === undefined ? 'correct' : refusal instanceof CaptchaExpiredError ? 'expired' : 'mismatch';
    this.audit('captcha_redeemed', { caller, outcome });
    return refusal;
  }

  private perMinute(clientAddress: string) {
    const perMinute = { limit: this.settings.perAddressPerMinute, windowSeconds: 60 };
    return addressAllowance(this.hash, 'captcha', clientAddress, perMinute);
  }
}

function refusalOf(text: string | null, answer: string) {
  if (text === null) return new CaptchaExpiredError();
  return isCaptchaAnswer(text, answer) ? undefined : new CaptchaMismatchError();
}
