// Tells whether a request ever left for its server: before that, nothing can have been sent.

import type { Dispatcher } from 'undici';

/** Handed to a request as its `opaque`; becomes true once the first byte may have been written. */
export interface Departure {
  left: boolean;
}

/**
 * Undici starts a request on a connection only when that connection stands, so a refused, unresolved, untrusted or
 * timed-out connection, and a wait for a free one, all end before.
 */
export const markDeparture: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const departure = (options as { opaque?: Departure }).opaque;
  return dispatch(options, {
    onRequestStart(controller, context) {
      if (departure) departure.left = true;
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  });
};
