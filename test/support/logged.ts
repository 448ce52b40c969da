// The output of the logger.

import { expect } from '@jest/globals';
import { createLogger } from '../../src/observability/logger.ts';

export const MOBILE = '13800138000';

/** The output of a logger for production, and of one for a terminal. */
export function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  json: string;
  terminal: string;
} {
  const [json, terminal] = [true, false].map((production) => {
    const lines: string[] = [];
    write(createLogger({ level: 'trace', production, destination: { write: (line) => lines.push(line) } }));
    return lines.join('');
  });
  return { json: json ?? '', terminal: terminal ?? '' };
}

/** Asserts that lines are logged, and that they contain none of the secrets. */
export function expectHidden(
  write: (logger: ReturnType<typeof createLogger>) => void,
  ...secrets: string[]
): void {
  const { json, terminal } = logged(write);
  expect(json).not.toBe('');
  expect(terminal).not.toBe('');
  for (const secret of secrets) {
    expect(json).not.toContain(secret);
    expect(terminal).not.toContain(secret);
  }
}
