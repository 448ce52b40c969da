// The languages of messages, and how a request chooses one.

export type Locale = 'zh-CN' | 'en';

/** One sentence in every language. A missing language does not compile. */
export type LocalizedMessage = Record<Locale, string>;

const CHINESE_TAG = /^(zh|cmn|yue)(-|$)/i;
const QUALITY_ZERO = /^q=0(\.0*)?$/i;

/**
 * The language for a request with this `Accept-Language` header (RFC 9110 §12.5.4): `zh-CN` if the header accepts any
 * Chinese tag, else `en`. A tag with `q=0` is not accepted.
 */
export function negotiateLocale(acceptLanguage: string | undefined): Locale {
  const ranges = (acceptLanguage ?? '')
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()));
  const acceptsChinese = ranges.some(
    ([tag = '', quality = '']) => CHINESE_TAG.test(tag) && !QUALITY_ZERO.test(quality),
  );
  return acceptsChinese ? 'zh-CN' : 'en';
}
