// A button that switches to the other language. Its label is in that language.

import { useLocale } from './locale.ts';

export function LanguageSwitch() {
  const [locale, setLocale] = useLocale();
  const [otherLocale, label] = locale === 'en' ? (['zh-CN', '中文'] as const) : (['en', 'English'] as const);
  return (
    <button type="button" className="secondary" lang={otherLocale} onClick={() => setLocale(otherLocale)}>
      {label}
    </button>
  );
}
