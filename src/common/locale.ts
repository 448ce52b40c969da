// The languages that callers are answered in, and the choice between them.

export type Locale = 'zh-CN' | 'en';

/** One sentence in every language: a missing one does not compile. */
export type Sentences = Record<Locale, string>;

const CHINESE = /^(zh|cmn|yue)(-|$)/i;

/** `zh-CN` if the `Accept-Language` header names any Chinese tag that it does not rule out by `q=0`, else `en`. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const ranges = (acceptLanguage ?? '')
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()));
  const chinese = ranges.some(
    ([tag = '', quality]) => CHINESE.test(tag) && !/^q=0(\.0*)?$/i.test(quality ?? ''),
  );
  return chinese ? 'zh-CN' : 'en';
}
