// One HTTP request to the service, independent of its code and of the other test clients. It never throws.

import { type Answer, TRANSPORT_ERROR, UNTYPED } from './answers.ts';

const OPERATIONS = {
  imageCaptcha: 'query { imageCaptcha { __typename ... on ImageCaptcha { id } } }',
  requestSmsCode: mutation('requestSmsCode', 'RequestSmsCodeInput'),
  verifySmsCode: mutation(
    'verifySmsCode',
    'VerifySmsCodeInput',
    '... on MobileVerified { verificationToken }',
  ),
  registerUser: mutation('registerUser', 'RegisterUserInput'),
};

export type Operation = keyof typeof OPERATIONS;

/** The answer, and the fields of a success. */
export interface LoadAnswer extends Answer {
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Longer than any answer of the service takes, so that a late answer counts as late and not as lost. */
const CLIENT_TIMEOUT_MS = 12_000;

function mutation(name: string, input: string, fields = ''): string {
  return `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ${fields} } }`;
}

/** `address` is the address of the client, which a trusted proxy would report. */
export async function call(
  url: string,
  address: string,
  operation: Operation,
  input?: Record<string, string>,
): Promise<LoadAnswer> {
  const startedMs = performance.now();
  const result = await post(url, address, { query: OPERATIONS[operation], variables: { input } });
  const atMs = performance.now();
  const { __typename, ...fields } = (result[operation] ?? result) as Record<string, unknown>;
  return { operation, type: String(__typename), atMs, durationMs: atMs - startedMs, fields };
}

/** The data of a typed answer, or the type of its absence. */
async function post(url: string, address: string, body: unknown): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
    });
    const text = await response.text();
    const data = dataOf(text);
    return data ?? { __typename: UNTYPED, status: response.status, text };
  } catch (error) {
    return { __typename: TRANSPORT_ERROR, error };
  }
}

/** `undefined` for an answer with errors, and for a body that is not of GraphQL. */
function dataOf(text: string): Record<string, unknown> | undefined {
  try {
    const { data, errors } = JSON.parse(text);
    return errors ? undefined : (data ?? undefined);
  } catch {
    return undefined;
  }
}
