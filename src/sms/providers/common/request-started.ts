// Tells whether an HTTP request was started. Until then the provider cannot have received anything.

import type { Dispatcher } from 'undici';

/** Passed to a request as its `opaque`. `started` becomes true when the first byte may have been written. */
export interface RequestState {
  started: boolean;
}

/**
 * Undici starts a request only on an established connection. A connection that is refused, unresolved, untrusted or timed
 * out, and a wait for a free connection, all fail before that.
 */
export const trackRequestStart: Dispatcher.DispatcherComposeInterceptor =
  (dispatch) => (options, handler) => {
    const state = (options as { opaque?: RequestState }).opaque;
    return dispatch(options, {
      onRequestStart(controller, context) {
        if (state) state.started = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
  };
