// The GraphQL over HTTP specification: the audits of its authors, and the choices that it leaves to a server.

import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { READS_STATUS } from '../support/rejected-requests.ts';
import { withTestApp } from '../support/test-app.ts';

describe('the GraphQL endpoint', () => {
  const app = withTestApp();

  /** The ids of the audits by their outcome: `error` for a MUST, `warn` for a SHOULD, `notice` for a MAY. */
  async function audit(headers: Record<string, string> = {}): Promise<Map<string, string[]>> {
    const fetchFn = (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } });
    const audits = serverAudits({ url: `${app.url}/graphql`, fetchFn });
    const results: { id: string; status: string }[] = [];
    for (const { fn } of audits) results.push(await fn());
    const byStatus = Map.groupBy(results, ({ status }) => status);
    return new Map([...byStatus].map(([status, ofStatus]) => [status, ofStatus.map(({ id }) => id).sort()]));
  }

  it('passes 58 of 61 audits; the other three require a GET that a page of another origin could send', async () => {
    const { ok = [], ...others } = Object.fromEntries(await audit());
    expect(others).toEqual({ notice: ['5A70', '6A70', 'D6D5'] });
    expect(ok).toHaveLength(58);
  });

  it('passes all 61 audits for a client that sends the preflight header', async () => {
    const { ok = [], ...others } = Object.fromEntries(await audit({ 'apollo-require-preflight': '1' }));
    expect(others).toEqual({});
    expect(ok).toHaveLength(61);
  });

  it('allows introspection of the whole schema', async () => {
    const response = await app.api.post({ query: getIntrospectionQuery() });
    expect(await response.json()).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' }, mutationType: { name: 'Mutation' } } },
    });
  });

  it.each([
    ['is incomplete', '{'],
    ['selects two fields', '{ a: imageCaptcha { __typename } b: imageCaptcha { __typename } }'],
    ['lacks a variable', 'mutation ($i: VerifySmsCodeInput!) { verifySmsCode(input: $i) { __typename } }'],
  ])(
    'answers a document that %s with 400, and with 200 to a client that accepts only application/json',
    async (_what, query) => {
      expect((await app.api.post({ query }, READS_STATUS)).status).toBe(400);
      expect((await app.api.post({ query }, { accept: 'application/json' })).status).toBe(200);
    },
  );
});
