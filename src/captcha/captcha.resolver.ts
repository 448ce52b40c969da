// The queries `imageCaptcha` and `proofOfWorkCaptcha`.

import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../common/request-context.ts';
import { unavailableOnOutage } from '../errors/service-unavailable.ts';
import { ImageCaptchaResult, ProofOfWorkCaptchaResult } from './captcha.schema.ts';
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
    return unavailableOnOutage(() => this.captchas.issueImage(context));
  }

  @Query(() => ProofOfWorkCaptchaResult, {
    description:
      'Creates a captcha that a device solves instead of a person, for people who cannot read the image. Its `id` and its answer ' +
      'go into the same fields `captchaId` and `captchaAnswer`. Responses must not be cached. `requestSmsCode` redeems a captcha ' +
      'once, whether the answer is correct or not.',
  })
  async proofOfWorkCaptcha(@Ctx() context: RequestContext): Promise<typeof ProofOfWorkCaptchaResult> {
    return unavailableOnOutage(() => this.captchas.issueProofOfWork(context));
  }
}
