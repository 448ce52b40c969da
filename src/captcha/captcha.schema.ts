// The captcha's part of the schema.

import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import { ServiceUnavailableError } from '../common/dependency.ts';
import type { Sentences } from '../common/locale.ts';
import { UserError } from '../errors/user-error.ts';
import { TooManyRequestsError } from '../rate-limiting/rate-limiting.schema.ts';

@ObjectType({
  description:
    'A picture of four characters, none of which looks like another. It is good for one request, answered rightly or not.',
})
export class ImageCaptcha {
  @Field(() => ID, { description: 'Names the captcha in `requestSmsCode`.' })
  readonly id!: string;

  @Field(() => String, { description: 'The picture as a data URI: `data:image/png;base64,…`.' })
  readonly image!: string;

  @Field(() => Int, { description: "The picture's width in pixels." })
  readonly width!: number;

  @Field(() => Int, { description: "The picture's height in pixels." })
  readonly height!: number;

  @Field(() => Int, { description: 'Seconds for which the captcha can be answered.' })
  readonly expiresInSeconds!: number;

  constructor(fields: ImageCaptcha) {
    Object.assign(this, fields);
  }
}

@ObjectType({
  implements: UserError,
  description:
    'Returned when the captcha is unknown, expired or was answered in another request. Show a new one.',
})
export class CaptchaExpiredError extends UserError<'CaptchaExpiredError'> {
  protected text(): Sentences {
    return { 'zh-CN': '验证码失效', en: 'The captcha has expired. Please answer a new one.' };
  }
}

@ObjectType({
  implements: UserError,
  description: "Returned when the answer is not the captcha's text. The captcha is spent; show a new one.",
})
export class CaptchaMismatchError extends UserError<'CaptchaMismatchError'> {
  protected text(): Sentences {
    return {
      'zh-CN': '图片验证码错误',
      en: 'The characters do not match the picture. Please answer a new one.',
    };
  }
}

export const ImageCaptchaResult = createUnionType({
  name: 'ImageCaptchaResult',
  description: 'What `imageCaptcha` answers.',
  types: () => [ImageCaptcha, TooManyRequestsError, ServiceUnavailableError] as const,
});
