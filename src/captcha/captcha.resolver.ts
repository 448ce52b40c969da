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
      'Creates an image captcha. Request a new one for every form: responses are never cached, and a captcha works for ' +
      'one request only.',
  })
  async imageCaptcha(@Ctx() context: RequestContext): Promise<typeof ImageCaptchaResult> {
    return unavailableOnOutage(() => this.captchas.issue(context));
  }
}
