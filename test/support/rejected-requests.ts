// Requests that are answered with a top-level error: what the response says, and that nothing else happened.

import { expect } from '@jest/globals';
import type { Headers } from './api.ts';
import { keyspace } from './keyspace.ts';
import type { TestApp } from './test-app.ts';

export interface RequestError {
  readonly status: number;
  /** The code of every error. */
  readonly code: string | undefined;
  readonly messages: readonly string[];
}

/** A client that reads the status, as specified by GraphQL over HTTP. */
export const READS_STATUS = { accept: 'application/graphql-response+json' };

const MAX_RESPONSE_BYTES = 2048;
const MAX_RESPONSE_MS = 1000;

/** What differs after any effect: executed operations, keys in Redis, sent SMS. */
async function effects(app: TestApp) {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return {
    operations: metrics.match(/^yanzheng_requests_total.*$/gm),
    keys: (await keyspace(app.redis)).sort(),
    sms: app.gateway.requests.length,
  };
}

/** The error that `send` receives. It must be short, quick and in GraphQL's form, and the request must have no effect. */
export async function errorOf(app: TestApp, send: () => Promise<Response>): Promise<RequestError> {
  const before = await effects(app);
  const startedMs = performance.now();
  const response = await send();
  const text = await response.text();
  expect(performance.now() - startedMs).toBeLessThan(MAX_RESPONSE_MS);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_RESPONSE_BYTES);
  expect(await effects(app)).toEqual(before);
  return { status: response.status, ...errorsIn(text) };
}

/** Each error has a message, at most its locations, and a code, and nothing else. */
export function errorsIn(text: string): Pick<RequestError, 'code' | 'messages'> {
  const { errors, ...others } = JSON.parse(text);
  expect([{}, { data: null }]).toContainEqual(others);
  const codes = new Set<string | undefined>();
  const messages = errors.map(
    ({ message, locations, extensions: { code, ...inner }, ...rest }: FormattedError) => {
      expect({ ...inner, ...rest }).toEqual({});
      expect(locations ?? []).toEqual((locations ?? []).map(() => ({ line: 1, column: expect.any(Number) })));
      codes.add(code);
      return message;
    },
  );
  expect(codes.size).toBe(1);
  return { code: [...codes][0], messages };
}

interface FormattedError {
  readonly message: string;
  readonly locations?: readonly object[];
  readonly extensions: { readonly code?: string };
}

/** The error of one POST to /graphql. */
export function errorOfPost(app: TestApp, body: unknown, headers: Headers = {}): Promise<RequestError> {
  return errorOf(app, () => app.api.post(body, { ...READS_STATUS, ...headers }));
}

/** `count` parts of a document. */
export function repeat(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(' ');
}
