// The query `imageCaptcha`.

import { Ctx, Query, Resolver } from 'type-graphql';
import { orUnavailable } from '../common/dependency.ts';
import type { RequestContext } from '../common/request-context.ts';
import { ImageCaptchaResult } from './captcha.schema.ts';
import type { CaptchaService } from './captcha.service.ts';

@Resolver()
export class CaptchaResolver {
  constructor(private readonly captchas: CaptchaService) {}

  @Query(() => ImageCaptchaResult, {
    description: 'Issues a captcha. Ask for a new one each time; an answer can be read from no cache.',
  })
  async imageCaptcha(@Ctx() context: RequestContext): Promise<typeof ImageCaptchaResult> {
    return orUnavailable(() => this.captchas.issue(context));
  }
}
