// One button: the language that the page does not speak now, in its own words.

import { useLocale } from './locale.ts';

export function LanguageSwitch() {
  const [locale, choose] = useLocale();
  const [other, name] = locale === 'en' ? (['zh-CN', '中文'] as const) : (['en', 'English'] as const);
  return (
    <button type="button" className="quiet" lang={other} onClick={() => choose(other)}>
      {name}
    </button>
  );
}
