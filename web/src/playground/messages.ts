// The strings of the panel in both languages. GraphiQL's own strings are in English.

import { currentLocale, type Locale } from '../shared/locale.ts';

interface Messages {
  readonly title: string;
  readonly captcha: string;
  readonly characters: string;
  readonly runCaptcha: string;
  readonly token: string;
  readonly runVerify: string;
  readonly delivery: string;
  readonly runRequest: string;
  readonly fillIn: (operation: string) => string;
}

const english: Messages = {
  title: 'Captcha and token',
  captcha: 'Captcha',
  characters: 'Characters in the image',
  runCaptcha: 'Run ImageCaptcha to see the image here.',
  token: 'Verification token',
  runVerify: 'Run VerifySmsCode with the code from the SMS to use its token here.',
  delivery: 'Delivery',
  runRequest: 'Run RequestSmsCode to ask here what became of its SMS.',
  fillIn: (operation) => `Fill in ${operation}`,
};

const chinese: Messages = {
  title: '验证码和令牌',
  captcha: '图片验证码',
  characters: '图片中的字符',
  runCaptcha: '执行 ImageCaptcha，图片会显示在这里。',
  token: '验证令牌',
  runVerify: '用短信中的验证码执行 VerifySmsCode，令牌会出现在这里。',
  delivery: '短信送达',
  runRequest: '执行 RequestSmsCode，之后可在这里查询短信是否送达。',
  fillIn: (operation) => `填入 ${operation}`,
};

const byLocale: Record<Locale, Messages> = { en: english, 'zh-CN': chinese };

/** The playground has no switch: its language is that of the browser, or the one chosen on the registration page. */
export const messages = byLocale[currentLocale()];
