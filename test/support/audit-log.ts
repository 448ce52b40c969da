// The events in the log of an app.

import type { TestApp } from './test-app.ts';

export type LogLine = Record<string, unknown>;

export function logLines({ log }: TestApp): LogLine[] {
  return log.map((line) => JSON.parse(line) as LogLine);
}

/** The log without what is random or counts up, in which the digits of a secret may occur by chance. */
export function logText(app: TestApp): string {
  return logLines(app)
    .map(({ time: _time, requestId: _requestId, ...facts }) => JSON.stringify(facts))
    .join('\n');
}

export function events(app: TestApp): LogLine[] {
  return logLines(app).filter(({ event }) => event !== undefined);
}

export function eventNames(app: TestApp): unknown[] {
  return events(app).map(({ event }) => event);
}
