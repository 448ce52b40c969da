// The messages on the simulated phone, newest first, with the code of each highlighted.

import { LanguageSwitch } from '../shared/language-switch.tsx';
import { type Locale, useLocale } from '../shared/locale.ts';
import { type SimulatedSms, useMessages } from './use-messages.ts';

interface Labels {
  readonly title: string;
  readonly note: string;
  readonly empty: string;
  readonly loading: string;
  readonly disconnected: string;
  readonly to: string;
}

const allLabels: Record<Locale, Labels> = {
  'zh-CN': {
    title: '模拟手机',
    note: '这里显示模拟网关收到的短信，没有任何短信真正发出。本页只能在运行服务的电脑上打开，新短信会自动出现。',
    empty: '还没有短信',
    loading: '加载中…',
    disconnected: '服务没有响应，正在重新连接…',
    to: '收件人',
  },
  en: {
    title: 'Simulated phone',
    note: 'Messages that the simulated SMS gateway received. No SMS is actually sent. This page opens only on the machine that runs the service. It updates automatically.',
    empty: 'No messages yet',
    loading: 'Loading…',
    disconnected: 'The service is not responding. Reconnecting…',
    to: 'To',
  },
};

export function PhonePage() {
  const [locale] = useLocale();
  const { messages, isConnected } = useMessages();
  const labels = allLabels[locale];
  return (
    <>
      <title>{labels.title}</title>
      <header>
        <LanguageSwitch />
      </header>
      <main>
        <h1>{labels.title}</h1>
        <p className="note">{labels.note}</p>
        <p role="status">{isConnected ? listStatus(messages, labels) : labels.disconnected}</p>
        <ol aria-live="polite">
          {messages?.map((sms) => (
            <Bubble key={`${sms.receivedAt} ${sms.text}`} sms={sms} to={labels.to} locale={locale} />
          ))}
        </ol>
      </main>
    </>
  );
}

function listStatus(messages: readonly SimulatedSms[] | undefined, labels: Labels): string {
  if (messages === undefined) return labels.loading;
  return messages.length === 0 ? labels.empty : '';
}

function Bubble({ sms, to, locale }: { sms: SimulatedSms; to: string; locale: Locale }) {
  // The first six digits are the code.
  const [before = '', code, ...after] = sms.text.split(/(\d{6})/);
  return (
    <li>
      <p className="meta">
        {to} {sms.maskedMobile} ·{' '}
        <time dateTime={sms.receivedAt}>{new Date(sms.receivedAt).toLocaleTimeString(locale)}</time>
      </p>
      <p className="bubble" lang="zh-CN">
        {before}
        <strong>{code}</strong>
        {after.join('')}
      </p>
    </li>
  );
}
