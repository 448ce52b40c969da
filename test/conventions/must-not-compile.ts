// Mistakes that the compiler has to catch: if one of them compiled, its @ts-expect-error would be the error.

import type { ImageCaptchaResult } from '../../src/captcha/captcha.schema.ts';
import { CaptchaExpiredError } from '../../src/captcha/captcha.schema.ts';
import type { Sentences } from '../../src/common/locale.ts';
import type { Mobile } from '../../src/common/phone-number.ts';
import { UserError } from '../../src/errors/user-error.ts';
import type { RequestSmsCodeResult } from '../../src/verification/request-sms-code/request-sms-code.schema.ts';

/** An error that is returned but stands in no union … */
class ForgottenError extends UserError<'ForgottenError'> {
  protected text(): Sentences {
    return { 'zh-CN': '', en: '' };
  }
}

/** … also if it has the very fields of one that does. */
// @ts-expect-error
export const forgottenInAUnion: typeof RequestSmsCodeResult = new ForgottenError();

// @ts-expect-error
export const memberOfAnotherUnion: typeof ImageCaptchaResult = new CaptchaExpiredError();

export class OneLanguageError extends UserError<'OneLanguageError'> {
  protected text(): Sentences {
    // @ts-expect-error
    return { en: 'There is no Chinese.' };
  }
}

/** A number that nobody checked. */
// @ts-expect-error
export const unchecked: Mobile = '+8613800138000';
