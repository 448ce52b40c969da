// The query `imageCaptcha`.

import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../common/request-context.ts';
import { unavailableOnOutage } from '../errors/service-unavailable.ts';
import { ImageCaptchaResult } from './captcha.schema.ts';
import type { CaptchaService } from './captcha.service.ts';

@Resolver()
export class CaptchaResolver {
  constructor(private readonly captchas: CaptchaService) {}

  @Query(() => ImageCaptchaResult, {
    description:
      'Creates an image captcha. Responses must not be cached. `requestSmsCode` redeems a captcha once, whether the answer ' +
      'is correct or not.',
  })
  async imageCaptcha(@Ctx() context: RequestContext): Promise<typeof ImageCaptchaResult> {
    return unavailableOnOutage(() => this.captchas.issue(context));
  }
}
