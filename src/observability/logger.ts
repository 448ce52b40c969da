// The log: JSON lines in production, readable lines in a terminal. It never contains secrets.

import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino } from 'pino';

export interface LoggerOptions {
  readonly level: string;
  readonly production: boolean;
  readonly destination?: DestinationStream;
  /** The id of the trace that a line belongs to. */
  readonly traceId?: (() => string | undefined) | undefined;
}

/** A safety net: our own log calls pass none of these fields. */
const SECRET_FIELDS = new Set([
  'code',
  'captchaAnswer',
  'token',
  'verificationToken',
  'authorization',
  'cookie',
  'password',
  'nonce',
]);
const REDACTED = '[redacted]';

/** A mobile number in a line of JSON, but not the digits of an id or of a fraction. */
const MOBILE = /((?<![0-9A-Za-z]|\d\.)|(?<=\\[bfnrt]))((?:(?:00)?86)?1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])/g;

/** A system call for each line costs a tenth of the throughput, so production writes in batches. */
const BATCH = { minLength: 16_000, periodicFlush: 100 };

const MAX_DEPTH = 6;
const redactors = Object.fromEntries([...SECRET_FIELDS].map((name) => [name, () => REDACTED]));

/** `destination` replaces stdout. Production writes JSON in batches, other environments write readable lines at once. */
export function createLogger({ level, production, destination, traceId }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ fd: 1, sync: !production, ...(production && BATCH) });
  const pretty = production ? undefined : readableLines();
  return pino(
    {
      level,
      base: null,
      ...(traceId && { mixin: () => traceFields(traceId()) }),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // The bindings of a child logger bypass the formatters.
      serializers: { ...redactors, err: loggable },
    },
    {
      write(line: string) {
        const masked = line.replace(MOBILE, '$2****$3');
        out.write(pretty ? pretty(masked) : masked);
      },
    },
  );
}

/** Loaded on demand: production does not need it. */
function readableLines(): (line: string) => string {
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss' });
}

function traceFields(traceId: string | undefined): { trace_id?: string } {
  return traceId === undefined ? {} : { trace_id: traceId };
}

function redactFields(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const redacted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    redacted[name] = SECRET_FIELDS.has(name) ? REDACTED : loggable(value, depth + 1);
  return redacted;
}

function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') return String(value);
  // As a number, a masked mobile would make the line invalid JSON.
  if (typeof value === 'number') return /^(86)?1[3-9]\d{9}$/.test(String(value)) ? String(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[truncated]';
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1));
  return value instanceof Error ? errorFields(value, depth) : redactFields({ ...value }, depth);
}

/** Only these fields: drivers attach queries, parameters and rows to their errors. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code !== undefined && { errorCode: code }),
    ...(error.cause !== undefined && { cause: loggable(error.cause, depth + 1) }),
  };
}
