// The strings of the page in every language. The sentences about failures are those of the SDK.

import { type Failure, sentenceFor } from 'yanzheng-sdk/sentences';
import type { Locale } from '../shared/locale.ts';
import type { Purpose } from './purpose.ts';

export interface Messages {
  readonly sentence: (failure: Failure) => string;
  readonly brand: string;
  readonly titles: Readonly<Record<Purpose, string>>;
  readonly tabs: Readonly<Record<Purpose, string>>;
  readonly mobile: string;
  readonly mobileProblems: { readonly missing: string; readonly foreign: string; readonly malformed: string };
  /** Offers the other purpose. */
  readonly switchTo: Readonly<Record<Purpose, string>>;
  readonly captcha: string;
  readonly captchaAlt: string;
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
  readonly sendAgain: string;
  readonly sending: string;
  readonly sendAgainIn: (seconds: number) => string;
  readonly sentTo: (mobile: string, minutes: number) => string;
  readonly deliveredTo: (mobile: string, minutes: number) => string;
  readonly notDelivered: (mobile: string) => string;
  readonly delayed: (mobile: string) => string;
  readonly noSmsTwice: string;
  /** The consent as its parts: text, the name of a document, text, … */
  readonly consent: readonly [string, ConsentDocument, string, ConsentDocument, string];
  readonly consentMissing: string;
  readonly consentPlaceholder: string;
  readonly close: string;
  readonly submit: Readonly<Record<Purpose, string>>;
  readonly submitting: Readonly<Record<Purpose, string>>;
  readonly retry: string;
  readonly retryIn: (time: string) => string;
  readonly succeeded: Readonly<Record<Purpose, string>>;
  readonly succeededAs: Readonly<Record<Purpose, (mobile: string) => string>>;
  readonly claims: string;
  readonly claimMeanings: Readonly<Record<string, string>>;
  readonly checkHint: string;
  readonly checkExample: string;
  readonly publicKeys: string;
  readonly startAgain: string;
  readonly phoneLink: string;
}

export interface ConsentDocument {
  readonly title: string;
}

const chinese: Messages = {
  sentence: (failure) => sentenceFor(failure, 'zh-CN'),
  brand: '验证',
  titles: { REGISTER: '手机号注册', LOGIN: '手机号登录' },
  tabs: { REGISTER: '注册', LOGIN: '登录' },
  mobile: '手机号',
  mobileProblems: {
    missing: '请填写手机号',
    foreign: '只支持中国大陆的手机号',
    malformed: '手机号应为 11 位数字，请检查',
  },
  switchTo: { REGISTER: '用它注册', LOGIN: '直接登录' },
  captcha: '图片验证码',
  captchaAlt: '图片验证码：四个字符，不区分大小写',
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
  sendAgain: '重新发送',
  sending: '发送中…',
  sendAgainIn: (seconds) => `${seconds} 秒后可重发`,
  sentTo: (mobile, minutes) => `验证码已发送至 ${mobile}，${minutes} 分钟内有效`,
  deliveredTo: (mobile, minutes) => `验证码已送达 ${mobile}，${minutes} 分钟内有效`,
  notDelivered: (mobile) => `短信未送达 ${mobile}，请检查号码`,
  delayed: (mobile) => `发往 ${mobile} 的短信可能延迟`,
  noSmsTwice: '没有收到？请查看手机是否拦截了短信，或换一个手机号',
  consent: ['我已阅读并同意', { title: '服务条款' }, '和', { title: '隐私政策' }, ''],
  consentMissing: '请先阅读并同意服务条款和隐私政策',
  consentPlaceholder: '这是演示页面。在您自己的页面上，这里是您的条款全文。',
  close: '关闭',
  submit: { REGISTER: '注册', LOGIN: '登录' },
  submitting: { REGISTER: '注册中…', LOGIN: '登录中…' },
  retry: '重试',
  retryIn: (time) => `${time}后可重试`,
  succeeded: { REGISTER: '注册成功', LOGIN: '登录成功' },
  succeededAs: {
    REGISTER: (mobile) => `手机号 ${mobile} 已完成注册`,
    LOGIN: (mobile) => `手机号 ${mobile} 已通过验证`,
  },
  claims: '验证令牌的内容',
  claimMeanings: {
    iss: '签发者',
    aud: '接收者',
    sub: '用户编号',
    purpose: '用途',
    phone_number: '手机号',
    phone_number_verified: '已验证',
    iat: '签发时间',
    exp: '过期时间',
    jti: '令牌编号',
  },
  checkHint: '您的后端用公钥检查这个令牌，无需再调用本服务。',
  checkExample: 'Node.js 后端示例',
  publicKeys: '公钥',
  startAgain: '重新开始',
  phoneLink: '查看模拟手机收到的短信',
};

const english: Messages = {
  sentence: (failure) => sentenceFor(failure, 'en'),
  brand: 'Yanzheng',
  titles: { REGISTER: 'Register your mobile', LOGIN: 'Log in with your mobile' },
  tabs: { REGISTER: 'Register', LOGIN: 'Log in' },
  mobile: 'Mobile number',
  mobileProblems: {
    missing: 'Enter your mobile number.',
    foreign: 'Only mainland China mobiles get an SMS.',
    malformed: 'A mobile has 11 digits. Please check it.',
  },
  switchTo: { REGISTER: 'Register it', LOGIN: 'Log in' },
  captcha: 'Characters in the image',
  captchaAlt: 'Captcha: four characters, not case-sensitive',
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
  sendAgain: 'Send again',
  sending: 'Sending…',
  sendAgainIn: (seconds) => `Send again in ${seconds} s`,
  sentTo: (mobile, minutes) => `Code sent to ${mobile}, valid for ${minutes} min.`,
  deliveredTo: (mobile, minutes) => `Code delivered to ${mobile}, valid for ${minutes} min.`,
  notDelivered: (mobile) => `Not delivered to ${mobile}. Check the number.`,
  delayed: (mobile) => `The SMS to ${mobile} may be delayed.`,
  noSmsTwice: 'No SMS? Check whether your phone blocks it, or use another number.',
  consent: ['I accept the ', { title: 'terms' }, ' and the ', { title: 'privacy policy' }, ''],
  consentMissing: 'Accept the terms and the privacy policy first.',
  consentPlaceholder: 'This is a demo page. On your own page, the full text is here.',
  close: 'Close',
  submit: { REGISTER: 'Register', LOGIN: 'Log in' },
  submitting: { REGISTER: 'Registering…', LOGIN: 'Logging in…' },
  retry: 'Try again',
  retryIn: (time) => `Try again in ${time}.`,
  succeeded: { REGISTER: 'You are registered', LOGIN: 'You are logged in' },
  succeededAs: {
    REGISTER: (mobile) => `${mobile} is registered.`,
    LOGIN: (mobile) => `${mobile} is verified.`,
  },
  claims: 'What the verification token says',
  claimMeanings: {
    iss: 'issuer',
    aud: 'audience',
    sub: 'user id',
    purpose: 'purpose',
    phone_number: 'mobile',
    phone_number_verified: 'verified',
    iat: 'issued at',
    exp: 'expires at',
    jti: 'token id',
  },
  checkHint: 'Your backend checks this token with the public keys, without another call to this service.',
  checkExample: 'Example of a Node.js backend',
  publicKeys: 'Public keys',
  startAgain: 'Start again',
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
