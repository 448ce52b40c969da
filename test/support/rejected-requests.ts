// A request that is refused: what it was answered, and that nothing happened behind the answer.

import { expect } from '@jest/globals';
import type { Headers } from './api.ts';
import { keyspace } from './keyspace.ts';
import type { TestApp } from './test-app.ts';

export interface Refusal {
  readonly status: number;
  /** The code of every error. */
  readonly code: string | undefined;
  readonly messages: readonly string[];
}

/** A client that reads the status, as GraphQL over HTTP has it. */
export const READS_STATUS = { accept: 'application/graphql-response+json' };

const LONGEST_REPLY_BYTES = 2048;
const SLOWEST_REPLY_MS = 1000;

/** What would differ if anything had been done: operations that ran, keys in Redis, texts that left. */
async function deeds(app: TestApp) {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return {
    operations: metrics.match(/^yanzheng_requests_total.*$/gm),
    keys: (await keyspace(app.redis)).sort(),
    texts: app.gateway.requests.length,
  };
}

/** Whatever `send` sends must get a short and quick refusal in GraphQL's form, and must have done nothing. */
export async function refusal(app: TestApp, send: () => Promise<Response>): Promise<Refusal> {
  const before = await deeds(app);
  const startedMs = performance.now();
  const response = await send();
  const text = await response.text();
  expect(performance.now() - startedMs).toBeLessThan(SLOWEST_REPLY_MS);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LONGEST_REPLY_BYTES);
  expect(await deeds(app)).toEqual(before);
  return { status: response.status, ...errorsIn(text) };
}

/** An error says what is wrong and where, and has a code; it has nothing else. */
export function errorsIn(text: string): Pick<Refusal, 'code' | 'messages'> {
  const { errors, ...others } = JSON.parse(text);
  expect([{}, { data: null }]).toContainEqual(others);
  const codes = new Set<string | undefined>();
  const messages = errors.map(
    ({ message, locations, extensions: { code, ...inner }, ...rest }: Graphqlike) => {
      expect({ ...inner, ...rest }).toEqual({});
      expect(locations ?? []).toEqual((locations ?? []).map(() => ({ line: 1, column: expect.any(Number) })));
      codes.add(code);
      return message;
    },
  );
  expect(codes.size).toBe(1);
  return { code: [...codes][0], messages };
}

interface Graphqlike {
  readonly message: string;
  readonly locations?: readonly object[];
  readonly extensions: { readonly code?: string };
}

/** The refusal of one POST to /graphql. */
export function refusalOf(app: TestApp, body: unknown, headers: Headers = {}): Promise<Refusal> {
  return refusal(app, () => app.api.post(body, { ...READS_STATUS, ...headers }));
}

/** `count` parts of a document. */
export function repeat(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(' ');
}
