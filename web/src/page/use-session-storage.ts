// A string that survives a reload of the tab. The browser deletes it when the tab closes.

import { useState } from 'react';

export function useSessionStorage(name: string): [string, (value: string) => void] {
  const key = `yanzheng:${name}`;
  const [value, setValue] = useState(() => {
    try {
      return sessionStorage.getItem(key) ?? '';
    } catch {
      return ''; // The browser blocks storage.
    }
  });
  const setAndStore = (next: string) => {
    setValue(next);
    try {
      sessionStorage.setItem(key, next);
    } catch {
      // Without storage, a reload loses the value.
    }
  };
  return [value, setAndStore];
}
