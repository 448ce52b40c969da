// The log: JSON lines in production, readable lines in a terminal, secrets in neither.

import { type DestinationStream, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

export interface LoggerOptions {
  readonly level: string;
  readonly production: boolean;
  readonly destination?: DestinationStream;
}

/** Whatever somebody may log under these names one day; what we log on purpose holds none of them. */
const SECRET_NAMES = new Set([
  'code',
  'captchaAnswer',
  'token',
  'verificationToken',
  'authorization',
  'cookie',
  'password',
  'nonce',
]);

/** A mobile number in a line of JSON, but not the digits of an id or of a fraction. */
const MOBILE = /((?<![0-9A-Za-z]|\d\.)|(?<=\\[bfnrt]))((?:(?:00)?86)?1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])/g;

/** A system call for each line would cost a tenth of the throughput; a tenth of a second late is early enough. */
const BATCH = { minLength: 4096, periodicFlush: 100 };

const DEEPEST = 6;
const redactors = Object.fromEntries([...SECRET_NAMES].map((name) => [name, () => '[redacted]']));

export function createLogger({ level, production, destination }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ fd: 1, sync: !production, ...(production && BATCH) });
  const pretty = production ? undefined : prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss' });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
      // What a child logger always says passes no formatter.
      serializers: { ...redactors, err: tellable },
    },
    {
      write(line: string) {
        const masked = line.replace(MOBILE, '$2****$3');
        out.write(pretty ? pretty(masked) : masked);
      },
    },
  );
}

function withoutSecrets(facts: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    SECRET_NAMES.has(name) ? '[redacted]' : tellable(value, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function tellable(value: unknown, depth = 0): unknown {
  if (typeof value === 'symbol') return String(value);
  // Masked as a number, the line would be no JSON any more.
  if (typeof value === 'number') return /^(86)?1[3-9]\d{9}$/.test(String(value)) ? String(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => tellable(item, depth + 1));
  return value instanceof Error ? errorFacts(value, depth) : withoutSecrets({ ...value }, depth);
}

/** What an error says of itself, and no more: drivers hang queries, parameters and whole rows on theirs. */
function errorFacts(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code !== undefined && { errorCode: code }),
    ...(error.cause !== undefined && { cause: tellable(error.cause, depth + 1) }),
  };
}
