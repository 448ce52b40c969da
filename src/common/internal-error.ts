// Internal errors: the client gets a constant message and the request id, the log gets the cause.

export const INTERNAL_ERROR_MESSAGE = 'Internal server error';

/** Logs the cause of an internal error under the id of its request. */
export type LogError = (requestId: string, error: unknown) => void;
