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
  implements: UserError,
  description:
    'Returned when the captcha does not exist, has expired, or was redeemed by another request. Show a new captcha.',
})
export class CaptchaExpiredError extends UserError<'CaptchaExpiredError'> {
  protected messages(): LocalizedMessage {
    return { 'zh-CN': '验证码失效', en: 'The captcha has expired. Please answer a new one.' };
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the answer does not match the characters of the image. The captcha is spent: show a new one.',
})
export class CaptchaMismatchError extends UserError<'CaptchaMismatchError'> {
  protected messages(): LocalizedMessage {
    return {
      'zh-CN': '图片验证码错误',
      en: 'The characters do not match the image. Please answer a new captcha.',
    };
  }
}

export const ImageCaptchaResult = createUnionType({
  name: 'ImageCaptchaResult',
  description: 'The result of `imageCaptcha`.',
  types: () => [ImageCaptcha, TooManyRequestsError, ServiceUnavailableError] as const,
});
