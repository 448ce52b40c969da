// The language of a page: the preferred language of the browser, unless the person has chosen another.

import { useCallback, useSyncExternalStore } from 'react';

export type Locale = 'zh-CN' | 'en';

const STORAGE_KEY = 'yanzheng:locale';
const listeners = new Set<() => void>();
let chosen: string | null = readChoice();

/** Also sets `<html lang>`. Requests to the service use that language. */
export function useLocale(): [Locale, (locale: Locale) => void] {
  const locale = useSyncExternalStore(subscribe, currentLocale);
  const setLocale = useCallback((next: Locale) => {
    chosen = next;
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // Without storage, the choice lasts until the page is closed.
    }
    for (const listener of listeners) listener();
  }, []);
  document.documentElement.lang = locale;
  return [locale, setLocale];
}

/** For code outside of React. */
export function currentLocale(): Locale {
  if (chosen === 'zh-CN' || chosen === 'en') return chosen;
  const preferred = navigator.languages.find((tag) => /^(zh|cmn|yue|en)(-|$)/i.test(tag));
  return preferred === undefined || /^en/i.test(preferred) ? 'en' : 'zh-CN';
}

function subscribe(listener: () => void): () => void {
  // Another tab of the page has switched the language.
  const onStorage = (event: StorageEvent) => {
    if (event.key !== STORAGE_KEY) return;
    chosen = event.newValue;
    listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', onStorage);
  };
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
