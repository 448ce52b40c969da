// The texts that the simulated gateway took, asked for again and again while somebody looks.

import { useEffect, useState } from 'react';

/** One text, as /phone/texts has it. */
export interface PhoneText {
  readonly maskedMobile: string;
  readonly text: string;
  /** ISO 8601. */
  readonly takenAt: string;
}

const EVERY_MS = 1000;

/** Newest first; `undefined` until there is an answer. `isConnected` is false while the service does not answer. */
export function useTexts(): { texts: readonly PhoneText[] | undefined; isConnected: boolean } {
  const [texts, setTexts] = useState<readonly PhoneText[]>();
  const [isConnected, setConnected] = useState(true);
  useEffect(() => {
    let timer: number | undefined;
    let isWanted = true;
    const look = async () => {
      if (document.hidden) {
        timer = window.setTimeout(look, EVERY_MS);
        return;
      }
      try {
        const response = await fetch('/phone/texts', { signal: AbortSignal.timeout(5 * EVERY_MS) });
        const body = (await response.json()) as { texts?: readonly PhoneText[] };
        if (isWanted && body.texts) setTexts(body.texts);
        if (isWanted) setConnected(response.ok);
      } catch {
        if (isWanted) setConnected(false);
      }
      if (isWanted) timer = window.setTimeout(look, EVERY_MS);
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, []);
  return { texts, isConnected };
}
