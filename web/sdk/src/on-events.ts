// One listener for several events.

/** Adds the listener to every event. Returns a function that removes it. */
export function onEvents(
  events: readonly (readonly [EventTarget, string])[],
  listener: () => void,
): () => void {
  for (const [target, event] of events) target.addEventListener(event, listener);
  return () => {
    for (const [target, event] of events) target.removeEventListener(event, listener);
  };
}
