// Listening to several events as to one.

/** Calls back at each of them until the function that it returns is called. */
export function onEvents(
  events: readonly (readonly [EventTarget, string])[],
  listener: () => void,
): () => void {
  for (const [target, event] of events) target.addEventListener(event, listener);
  return () => {
    for (const [target, event] of events) target.removeEventListener(event, listener);
  };
}
