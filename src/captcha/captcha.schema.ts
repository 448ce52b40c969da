// The GraphQL types of captchas.

import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { LocalizedMessage } from '../common/locale.ts';
import { ServiceUnavailableError } from '../errors/service-unavailable.ts';
import { UserError } from '../errors/user-error.ts';
import { TooManyRequestsError } from '../rate-limiting/rate-limiting.schema.ts';

@ObjectType({ description: 'An image of four characters. It accepts one answer, correct or not.' })
export class ImageCaptcha {
  @Field(() => ID, { description: 'The id to send as `captchaId` to `requestSmsCode`.' })
  readonly id!: string;

  @Field(() => String, { description: 'The image as a data URI: `data:image/png;base64,…`.' })
  readonly image!: string;

  @Field(() => Int, { description: 'Width of the image in pixels.' })
  readonly width!: number;

  @Field(() => Int, { description: 'Height of the image in pixels.' })
  readonly height!: number;

  @Field(() => Int, { description: 'Seconds until the captcha expires.' })
  readonly expiresInSeconds!: number;

  constructor(fields: ImageCaptcha) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  description:
    'A task for the device. For each counter c from 0 to `largestCounter`, derive 24 bytes with PBKDF2-HMAC-SHA-256: the password ' +
    'is `id` in UTF-8, the salt is the bytes of `salt` followed by c as four bytes in big-endian order, with `iterations` ' +
    'iterations. The first 8 bytes in hexadecimal equal `prefix` for one c. The other 16 bytes in lower-case hexadecimal are the ' +
    'answer. It accepts one answer, correct or not.',
})
export class ProofOfWorkCaptcha {
  @Field(() => ID, {
    description: 'The id to send as `captchaId` to `requestSmsCode`, and the password of the derivation.',
  })
  readonly id!: string;

  @Field(() => String, { description: 'The beginning of the salt, in Base64url without padding.' })
  readonly salt!: string;

  @Field(() => Int, { description: 'The iterations of PBKDF2.' })
  readonly iterations!: number;

  @Field(() => String, {
    description: 'The first 8 bytes of the derived key, as 16 lower-case hexadecimal digits.',
  })
  readonly prefix!: string;

  @Field(() => Int, {
    description: 'The largest counter to try. The solution is in the upper half of the range.',
  })
  readonly largestCounter!: number;

  @Field(() => Int, { description: 'Seconds until the captcha expires.' })
  readonly expiresInSeconds!: number;

  constructor(fields: ProofOfWorkCaptcha) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the captcha does not exist, has expired, or was redeemed by another request. The captcha is spent: show a new one.',
})
export class CaptchaExpiredError extends UserError<'CaptchaExpiredError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '验证码失效', en: 'The captcha has expired. Please answer a new one.' };
  }
}

@ObjectType({
  implements: UserError,
  description: 'Returned when the answer does not match the captcha. The captcha is spent: show a new one.',
})
export class CaptchaMismatchError extends UserError<'CaptchaMismatchError'> {
  protected messages(): LocalizedMessage {
    return {
      'zh-CN': '图片验证码错误',
      en: 'The characters do not match the image. Please answer a new captcha.',
    };
  }
}

export const ProofOfWorkCaptchaResult = createUnionType({
  name: 'ProofOfWorkCaptchaResult',
  description: 'The result of `proofOfWorkCaptcha`.',
  types: () => [ProofOfWorkCaptcha, TooManyRequestsError, ServiceUnavailableError] as const,
});

export const ImageCaptchaResult = createUnionType({
  name: 'ImageCaptchaResult',
  description: 'The result of `imageCaptcha`.',
  types: () => [ImageCaptcha, TooManyRequestsError, ServiceUnavailableError] as const,
});
