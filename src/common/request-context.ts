// What resolvers know about the HTTP request that they answer.

import type { Locale } from './locale.ts';
import type { TraceParent } from './tracing.ts';

export interface RequestContext {
  /** Also in the `x-request-id` header, in the extensions of an internal error, and in the log. */
  readonly requestId: string;
  readonly locale: Locale;
  /** The network that rate limits count: an IPv4 address or an IPv6 /64, see `clientNetwork`. */
  readonly clientAddress: string;
  /** Aborts when the client disconnects. Created when it is called, because few requests need it. */
  readonly disconnected: () => AbortSignal;
  /** The W3C Trace Context of the caller. `undefined` if it sent none. */
  readonly traceParent?: TraceParent | undefined;
}
