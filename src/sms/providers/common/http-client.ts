// The HTTP client of a provider: one pool of connections, one attempt for each request, and errors as outcomes.

import { Pool } from 'undici';
import { withDeadline } from '../../../common/deadline.ts';
import {
  RETRY_AFTER_UNREACHABLE_SECONDS,
  SMS_PROVIDER_CLOSE_TIMEOUT_MS,
  SMS_PROVIDER_CONNECT_TIMEOUT_MS,
} from '../../../config/time-budgets.ts';
import type { SmsOutcome } from '../../sms-sender.ts';
import { HttpExchange, type HttpResponse } from './http-exchange.ts';

export interface ConnectionSettings {
  /** `https://host:port`, with an optional path that precedes every path of the protocol. */
  readonly baseUrl: string;
  /** From the call to its end, including the wait for a connection. */
  readonly timeoutMs: number;
  /** Size of the connection pool, which bounds the requests at once. */
  readonly connections: number;
}

export interface ProviderRequest {
  /** The path with its query, after the path of the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with `Content-Length`. */
  readonly body: string;
}

export type Exchange =
  | ({ readonly kind: 'answered' } & HttpResponse)
  /** There was no complete response. The outcome tells whether the provider may have received the request. */
  | { readonly kind: 'failed'; readonly outcome: SmsOutcome };

/** An answer has some hundred bytes. A much longer one does not come from a provider. */
const MAX_RESPONSE_BYTES = 256 * 1024;

export class ProviderHttpClient {
  /** `host:port` as in the header `Host`, which some protocols sign. */
  readonly host: string;
  private readonly pool: Pool;
  private readonly basePath: string;

  constructor(private readonly settings: ConnectionSettings) {
    const { origin, pathname, host } = new URL(settings.baseUrl);
    this.host = host;
    this.basePath = pathname.replace(/\/$/, '');
    this.pool = new Pool(origin, {
      connections: settings.connections,
      // A host that does not answer leaves time for the next provider.
      connect: { timeout: Math.min(settings.timeoutMs, SMS_PROVIDER_CONNECT_TIMEOUT_MS) },
      maxResponseSize: MAX_RESPONSE_BYTES,
    });
  }

  /**
   * Sends one POST, once: never again after an error, and never to another URL after a redirect. Does not throw.
   * @param timeoutMs the limit of this request, if it is shorter than that of the settings.
   */
  async post(request: ProviderRequest, timeoutMs = Number.POSITIVE_INFINITY): Promise<Exchange> {
    const { path, headers, body } = request;
    const limitMs = Math.min(timeoutMs, this.settings.timeoutMs);
    const exchange = new HttpExchange();
    try {
      const options = { method: 'POST', path: this.basePath + path, headers, body } as const;
      const response = await withDeadline(limitMs, () => exchange.run(this.pool, options));
      return { kind: 'answered', ...response };
    } catch (error) {
      const outcome = outcomeOfError(error, exchange.isStarted);
      exchange.abort(error as Error);
      return { kind: 'failed', outcome };
    }
  }

  /** Closes the connections, after a short wait for requests in flight. */
  async close(): Promise<void> {
    await withDeadline(SMS_PROVIDER_CLOSE_TIMEOUT_MS, () => this.pool.close()).catch(() =>
      this.pool.destroy(),
    );
  }
}

function outcomeOfError(error: unknown, isStarted: boolean): SmsOutcome {
  const reason = errorName(error);
  if (isStarted) return { kind: 'unknown', reason: `${reason} after the request started`, unreachable: true };
  return {
    kind: 'rejected',
    cause: 'provider',
    reason,
    retryAfterSeconds: RETRY_AFTER_UNREACHABLE_SECONDS,
    unreachable: true,
  };
}

/** Only the name and the code: the message of an error may quote the URL with its signature. */
function errorName(error: unknown): string {
  const { name = 'Error', code } = error as Partial<NodeJS.ErrnoException>;
  return typeof code === 'string' ? `${name} ${code}` : name;
}
