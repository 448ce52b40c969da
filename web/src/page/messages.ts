// The strings of the page in every language. Error messages come from the service, in the language of the request.

import type { Locale } from '../shared/locale.ts';

export interface Messages {
  readonly title: string;
  readonly mobile: string;
  readonly mobileProblems: { readonly missing: string; readonly foreign: string; readonly malformed: string };
  readonly captcha: string;
  readonly captchaAlt: string;
  readonly captchaHint: string;
  readonly captchaMissing: string;
  readonly captchaLoading: string;
  readonly captchaFailed: string;
  readonly newCaptcha: string;
  readonly cannotRead: string;
  readonly useImage: string;
  readonly work: string;
  readonly workHint: string;
  readonly working: string;
  readonly code: string;
  readonly codeMissing: string;
  readonly codeNotRequested: string;
  readonly sendCode: string;
  readonly sending: string;
  readonly seconds: (seconds: number) => string;
  readonly sentTo: (mobile: string, minutes: number) => string;
  readonly deliveredTo: (mobile: string, minutes: number) => string;
  readonly notDelivered: (mobile: string) => string;
  readonly delayed: (mobile: string) => string;
  readonly register: string;
  readonly registering: string;
  readonly retry: string;
  readonly noResponse: string;
  readonly mayStillArrive: string;
  readonly notSent: string;
  readonly retryIn: (time: string) => string;
  readonly attemptsRemaining: (attempts: number) => string;
  readonly registered: string;
  readonly registeredAs: (mobile: string) => string;
  readonly registerAnother: string;
  readonly phoneLink: string;
}

const chinese: Messages = {
  title: '手机号注册',
  mobile: '手机号',
  mobileProblems: {
    missing: '请填写手机号',
    foreign: '只支持中国大陆的手机号',
    malformed: '手机号应为 11 位数字，请检查',
  },
  captcha: '图片验证码',
  captchaAlt: '图片验证码：四个字符',
  captchaHint: '不区分大小写',
  captchaMissing: '请填写图片验证码',
  captchaLoading: '图片加载中',
  captchaFailed: '图片加载失败',
  newCaptcha: '换一张',
  cannotRead: '看不清图片？让这台设备代为验证',
  useImage: '改用图片',
  work: '设备验证',
  workHint: '点击“获取验证码”，设备会计算几秒，然后发送短信',
  working: '设备正在计算，请稍候',
  code: '短信验证码',
  codeMissing: '请填写 6 位短信验证码',
  codeNotRequested: '请先获取验证码',
  sendCode: '获取验证码',
  sending: '发送中…',
  seconds: (seconds) => `${seconds} 秒`,
  sentTo: (mobile, minutes) => `验证码已发送至 ${mobile}，${minutes} 分钟内有效`,
  deliveredTo: (mobile, minutes) => `验证码已送达 ${mobile}，${minutes} 分钟内有效`,
  notDelivered: (mobile) => `短信未送达 ${mobile}，请检查号码或稍后重试`,
  delayed: (mobile) => `发往 ${mobile} 的短信可能延迟`,
  register: '注册',
  registering: '注册中…',
  retry: '重试',
  noResponse: '没有收到服务的回应，已填写的内容不会丢失',
  mayStillArrive: '短信可能稍后到达，届时其中的验证码仍然有效',
  notSent: '短信没有发出，请填写新的图片验证码后重试',
  retryIn: (time) => `${time}后可重试`,
  attemptsRemaining: (attempts) => (attempts > 0 ? `还可以尝试 ${attempts} 次` : '请重新获取验证码'),
  registered: '注册成功',
  registeredAs: (mobile) => `手机号 ${mobile} 已完成注册`,
  registerAnother: '再注册一个',
  phoneLink: '查看模拟手机收到的短信',
};

const english: Messages = {
  title: 'Register your mobile',
  mobile: 'Mobile number',
  mobileProblems: {
    missing: 'Enter your mobile number.',
    foreign: 'Only mainland China mobiles get an SMS.',
    malformed: 'A mobile has 11 digits. Please check it.',
  },
  captcha: 'Characters in the image',
  captchaAlt: 'Captcha: four characters',
  captchaHint: 'Not case-sensitive',
  captchaMissing: 'Enter the characters in the image.',
  captchaLoading: 'Loading image…',
  captchaFailed: 'Image not loaded',
  newCaptcha: 'New image',
  cannotRead: "Can't read the image? Let this device work for a few seconds",
  useImage: 'Use the image',
  work: 'Check by this device',
  workHint: 'Press “Send code”: the device works for a few seconds, then the SMS is sent.',
  working: 'This device is working. Please wait.',
  code: 'Code from the SMS',
  codeMissing: 'Enter the six-digit code from the SMS.',
  codeNotRequested: 'Get a code first.',
  sendCode: 'Send code',
  sending: 'Sending…',
  seconds: (seconds) => `${seconds} s`,
  sentTo: (mobile, minutes) => `Code sent to ${mobile}. It expires in ${plural(minutes, 'minute')}.`,
  deliveredTo: (mobile, minutes) =>
    `Code delivered to ${mobile}. It expires in ${plural(minutes, 'minute')}.`,
  notDelivered: (mobile) => `Not delivered to ${mobile}: check the number or try again.`,
  delayed: (mobile) => `The SMS to ${mobile} may be delayed.`,
  register: 'Register',
  registering: 'Registering…',
  retry: 'Try again',
  noResponse: 'The service did not respond. Your entries are kept.',
  mayStillArrive: 'The SMS may still arrive. Its code works.',
  notSent: 'Enter the characters in the new image and try again.',
  retryIn: (time) => `Try again in ${time}.`,
  attemptsRemaining: (attempts) =>
    attempts > 0 ? `${plural(attempts, 'attempt')} left.` : 'Request a new code.',
  registered: 'You are registered',
  registeredAs: (mobile) => `${mobile} is registered.`,
  registerAnother: 'Register another number',
  phoneLink: 'View messages on the simulated phone',
};

export const messages: Record<Locale, Messages> = { 'zh-CN': chinese, en: english };

/** `1 小时 2 分 3 秒`, `2 分 3 秒`, `3 秒`. */
export function formatDuration(locale: Locale, seconds: number): string {
  const [hour, minute, second] = locale === 'en' ? ['h', 'min', 's'] : ['小时', '分', '秒'];
  const units = [
    [Math.floor(seconds / 3600), hour],
    [Math.floor((seconds % 3600) / 60), minute],
    [seconds % 60, second],
  ] as const;
  const shown = units.filter(([count], index) => count > 0 || (index === 2 && seconds === 0));
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
