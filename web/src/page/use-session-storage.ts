// What was typed, kept through a reload of this tab and no longer than the tab.

import { useState } from 'react';

export function useSessionStorage(name: string): [string, (text: string) => void] {
  const key = `yanzheng:${name}`;
  const [text, setText] = useState(() => {
    try {
      return sessionStorage.getItem(key) ?? '';
    } catch {
      return '';
    }
  });
  const keep = (next: string) => {
    setText(next);
    try {
      sessionStorage.setItem(key, next);
    } catch {
      // then a reload loses it
    }
  };
  return [text, keep];
}
