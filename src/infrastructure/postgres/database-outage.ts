// Tells an outage of PostgreSQL from a bug of the service.

/**
 * SQLSTATE classes of a server that is unavailable or rejects this client: connection (08), authorization (28),
 * resources (53), operator intervention (57), system error (58), unknown database (3D). 25006 is a read-only server,
 * 55P03 a lock that was not available in time.
 * 08P01, a protocol violation, is a bug of the service.
 */
const OUTAGE_STATES = /^(08(?!P01)|28|53|57|58|3D)|^25006$|^55P03$/;
/** Errors that a program raises without a database. */
const BUG_NAMES = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'ValidationError']);

/** An error without an SQLSTATE was not sent by the server: the connection failed, the query timed out, or it is a bug. */
export function isDatabaseOutage(error: unknown): boolean {
  const { code, name = '' } = error as { code?: unknown; name?: string };
  const hasState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return hasState ? OUTAGE_STATES.test(code) : !BUG_NAMES.has(name);
}
