// Polls the messages of the simulated phone.

import { useEffect, useState } from 'react';

/** One SMS, as `GET /phone/messages` lists it. */
export interface SimulatedSms {
  readonly maskedMobile: string;
  readonly text: string;
  /** ISO 8601. */
  readonly receivedAt: string;
}

interface MessagesState {
  /** Newest first; `undefined` before the first response. */
  readonly messages: readonly SimulatedSms[] | undefined;
  /** Whether the last request got a response. */
  readonly isConnected: boolean;
}

const POLL_INTERVAL_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;

/** Polls while the page is visible. */
export function useMessages(): MessagesState {
  const [messages, setMessages] = useState<readonly SimulatedSms[]>();
  const [isConnected, setConnected] = useState(true);
  useEffect(() => {
    let timer: number | undefined;
    let isMounted = true;
    const update = async () => {
      const received = await fetchMessages();
      if (!isMounted) return;
      if (received) setMessages(received);
      setConnected(received !== undefined);
    };
    const poll = async () => {
      if (!document.hidden) await update();
      if (isMounted) timer = window.setTimeout(poll, POLL_INTERVAL_MS);
    };
    void poll();
    return () => {
      isMounted = false;
      clearTimeout(timer);
    };
  }, []);
  return { messages, isConnected };
}

/** `undefined` if the service does not respond. */
async function fetchMessages(): Promise<readonly SimulatedSms[] | undefined> {
  try {
    const response = await fetch('/phone/messages', { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const { messages } = (await response.json()) as { messages?: readonly SimulatedSms[] };
    return response.ok ? messages : undefined;
  } catch {
    return undefined;
  }
}
