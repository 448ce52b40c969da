// The texts on the simulated phone, newest first, with their codes easy to read.

import { LanguageSwitch } from '../shared/language-switch.tsx';
import { type Locale, useLocale } from '../shared/locale.ts';
import { type PhoneText, useTexts } from './use-messages.ts';

const words: Record<
  Locale,
  { title: string; note: string; none: string; waiting: string; lost: string; to: string }
> = {
  'zh-CN': {
    title: '模拟手机',
    note: '这里显示模拟网关收到的短信，没有任何短信真正发出。本页只能在运行服务的电脑上打开，新短信会自动出现。',
    none: '还没有短信',
    waiting: '加载中…',
    lost: '服务没有响应，正在重新连接…',
    to: '收件人',
  },
  en: {
    title: 'Simulated phone',
    note: 'The texts that the simulated gateway took; none of them was really sent. This page opens only on the machine that runs the service. New texts appear by themselves.',
    none: 'No texts yet',
    waiting: 'Loading…',
    lost: 'The service does not answer. Connecting again…',
    to: 'To',
  },
};

export function PhonePage() {
  const [locale] = useLocale();
  const { texts, isConnected } = useTexts();
  const { title, note, none, waiting, lost, to } = words[locale];
  const state = isConnected ? (texts === undefined ? waiting : texts.length === 0 ? none : '') : lost;
  return (
    <>
      <title>{title}</title>
      <header>
        <LanguageSwitch />
      </header>
      <main>
        <h1>{title}</h1>
        <p className="note">{note}</p>
        <p role="status">{state}</p>
        <ol aria-live="polite">
          {texts?.map((text) => (
            <Bubble key={`${text.takenAt} ${text.text}`} text={text} to={to} locale={locale} />
          ))}
        </ol>
      </main>
    </>
  );
}

function Bubble({ text, to, locale }: { text: PhoneText; to: string; locale: Locale }) {
  // the first number of six digits is the code
  const [before = '', code, ...after] = text.text.split(/(\d{6})/);
  return (
    <li>
      <p className="meta">
        {to} {text.maskedMobile} · <time dateTime={text.takenAt}>{timeOf(text.takenAt, locale)}</time>
      </p>
      <p className="bubble" lang="zh-CN">
        {before}
        <strong>{code}</strong>
        {after.join('')}
      </p>
    </li>
  );
}

function timeOf(takenAt: string, locale: Locale): string {
  return new Date(takenAt).toLocaleTimeString(locale);
}
