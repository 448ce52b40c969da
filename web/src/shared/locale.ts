// The language of a page: the browser's, until somebody chooses another.

import { useCallback, useSyncExternalStore } from 'react';

export type Locale = 'zh-CN' | 'en';

const KEY = 'yanzheng:locale';
const listeners = new Set<() => void>();
let chosen: string | null = readChoice();

/** Sets `<html lang>`, which the service is asked in, too. */
export function useLocale(): [Locale, (locale: Locale) => void] {
  const locale = useSyncExternalStore(listen, current);
  const choose = useCallback((next: Locale) => {
    chosen = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // then it holds for this visit
    }
    for (const listener of listeners) listener();
  }, []);
  document.documentElement.lang = locale;
  return [locale, choose];
}

function current(): Locale {
  if (chosen === 'zh-CN' || chosen === 'en') return chosen;
  const spoken = navigator.languages.find((tag) => /^(zh|cmn|yue|en)(-|$)/i.test(tag));
  return spoken === undefined || /^en/i.test(spoken) ? 'en' : 'zh-CN';
}

function listen(listener: () => void): () => void {
  const lookAgain = (event: StorageEvent) => {
    if (event.key !== KEY) return;
    chosen = event.newValue;
    listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', lookAgain);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', lookAgain);
  };
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
