// The log: JSON lines in production, readable lines in a terminal, secrets in neither.

import { type DestinationStream, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

export interface LoggerOptions {
  readonly level: string;
  readonly production: boolean;
  readonly destination?: DestinationStream;
}

/** Whatever somebody may log under these names one day; what we log on purpose holds none of them. */
const SECRET_FIELDS = [
  'code',
  'captchaAnswer',
  'token',
  'verificationToken',
  'authorization',
  'cookie',
  'password',
  'nonce',
];

/** A mobile number in any text, such as the words of a database error. */
const MOBILE = /(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)/g;

export function createLogger({ level, production, destination }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ fd: 1, sync: !production });
  const pretty = production ? undefined : prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss' });
  return pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
      serializers: { err: errorFacts, cause: errorFacts },
    },
    {
      write(line: string) {
        const masked = line.replace(MOBILE, '$1****$2');
        out.write(pretty ? pretty(masked) : masked);
      },
    },
  );
}

interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly errorCode?: unknown;
  readonly cause?: ErrorFacts;
}

/** What an error says of itself, and no more: drivers hang queries, parameters and whole rows on theirs. */
function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code !== undefined && { errorCode: code }),
    ...(error.cause !== undefined && { cause: errorFacts(error.cause) }),
  };
}
