// The comments of the tabs in Chinese. The documents have them in English.

import { currentLocale } from '../shared/locale.ts';

/** The first lines and the last lines of each tab. */
const CHINESE_COMMENTS = {
  ImageCaptcha: [
    `1/4：获取图片验证码。按 Ctrl-Enter 或右侧的按钮执行。

标签页旁的面板会显示图片。在那里填写字符，即可填入第 2 个标签页。`,
    `图片验证码三分钟后失效。无论回答是否正确，只能使用一次。
TooManyRequestsError：您的网络地址获取验证码过多，请在 retryAfterSeconds 秒后重试。

浏览器会保存您对标签页的修改。要恢复标签页，请打开设置（齿轮图标），选择 “Clear data”，然后重新加载页面。`,
  ],
  RequestSmsCode: [
    `2/4：获取短信验证码。

底部的变量：手机号、图片验证码的 id 和字符。面板会填入图片验证码。`,
    `SmsCodeSent：短信已经发出。使用模拟服务商时，请在 /phone 或终端中查看短信，然后继续第 3 个标签页。第 5 个标签页显示短信是否送达。
CaptchaMismatchError、CaptchaExpiredError：图片验证码已用过。请重新执行第 1 个标签页。
MobileAlreadyRegisteredError：请换一个手机号，或在这里和第 3 个标签页把 purpose 改为 "LOGIN"。
TooManyRequestsError：一个手机号每分钟一条短信，请在 retryAfterSeconds 秒后重试。
InvalidMobileError、IncompleteInputError：图片验证码仍然有效。请更正变量后重新执行。`,
  ],
  VerifySmsCode: [
    `3/4：检查短信验证码。

底部的变量：第 2 个标签页的手机号和短信中的验证码。使用模拟服务商时，请在 /phone 或终端中查看短信。`,
    `MobileVerified：verificationToken 在十分钟内证明手机号。面板会把它填入第 4 个标签页。您的后端可以用 /.well-known/jwks.json 的公钥检查它。
SmsCodeMismatchError：短信验证码错误。attemptsRemaining 大于 0 时可以重试。
SmsCodeExpiredError：这个手机号没有该用途的有效验证码。请从第 1 个标签页重新开始。`,
  ],
  RegisterUser: [
    `4/4：注册手机号。

底部的变量：第 3 个标签页的 verificationToken。面板会填入它。`,
    `UserRegistered：完成。对这个手机号，第 2 个标签页现在需要 purpose 为 "LOGIN"。
InvalidVerificationTokenError：令牌十分钟后失效，只能使用一次，并且 purpose 必须为 "REGISTER"。请从第 1 个标签页重新开始。
MobileAlreadyRegisteredError：手机号在第 2 个标签页之后已被注册。`,
  ],
  SmsDelivery: [
    `可选：查询短信是否送达。几秒后可再次执行。

底部的变量：第 2 个标签页的 deliveryId。面板会填入它。`,
    `ACCEPTED：服务商已接受短信，还没有报告。
DELIVERED：手机已收到短信，或其中的验证码已通过检查。UNDELIVERED：手机没有收到。
UNKNOWN：没有报告。短信仍可能到达。`,
  ],
} as const;

/** The document of a tab, with the comments before and after it in the language of the playground. */
export function localized(operation: keyof typeof CHINESE_COMMENTS, document: string): string {
  if (currentLocale() === 'en') return document;
  const lines = document.split('\n').filter((line) => !line.startsWith('#'));
  const [first, last] = CHINESE_COMMENTS[operation];
  return `${comment(first)}\n\n${lines.join('\n').trim()}\n\n${comment(last)}\n`;
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}
