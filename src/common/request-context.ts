// What a resolver may know of the request that it answers.

import type { Locale } from './locale.ts';

export interface RequestContext {
  /** Stands in the `x-request-id` header and in a masked fault, under which the log tells the cause. */
  readonly requestId: string;
  readonly locale: Locale;
  /** Who is counted: an IPv4 address or an IPv6 /64 network, see `clientNetwork`. */
  readonly clientAddress: string;
}
