// The form in which a response is stored for replays.

/** A class of responses. Its instances have plain fields. */
export type ResponseClass<Response extends object> = abstract new (...args: never[]) => Response;

/** Stores the name of the class, the fields without the omitted ones, and the time. */
export function serializeResponse(response: object, nowMs: number, omitted: readonly string[] = []): string {
  const fields = Object.entries(response).filter(([name]) => !omitted.includes(name));
  return JSON.stringify({
    type: response.constructor.name,
    fields: Object.fromEntries(fields),
    storedAtMs: nowMs,
  });
}

/**
 * Restores an instance of the same class, with all `…Seconds` fields reduced by the time that has passed.
 * @returns `undefined` if none of the classes has the stored name, because another version of the service stored it.
 */
export function deserializeResponse<Response extends object>(
  stored: string,
  classes: readonly ResponseClass<Response>[],
  nowMs: number,
): Response | undefined {
  const { type, fields, storedAtMs } = JSON.parse(stored);
  const responseClass = classes.find(({ name }) => name === type);
  if (responseClass === undefined) return undefined;
  const elapsedSeconds = Math.floor((nowMs - storedAtMs) / 1000);
  return Object.assign(Object.create(responseClass.prototype), reduceSeconds(fields, elapsedSeconds));
}

/** Never below one second, so a client that retries waits at least a moment. Negative clock skew adds nothing. */
function reduceSeconds<Fields extends object>(fields: Fields, elapsedSeconds: number): Fields {
  const reduce = ([name, value]: [string, unknown]): [string, unknown] =>
    name.endsWith('Seconds') && typeof value === 'number'
      ? [name, Math.min(value, Math.max(1, value - elapsedSeconds))]
      : [name, value];
  return Object.fromEntries(Object.entries(fields).map(reduce)) as Fields;
}
