// The GraphQL over HTTP specification, by the audits of its authors and where it lets us choose.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { READS_STATUS } from '../support/rejected-requests.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('GraphQL over HTTP', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app?.stop());

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

  it('is kept in 58 of 61 audits; the three others want a GET that a foreign page could send', async () => {
    const { ok = [], ...others } = Object.fromEntries(await audit());
    expect(others).toEqual({ notice: ['5A70', '6A70', 'D6D5'] });
    expect(ok).toHaveLength(58);
  });

  it('is kept in all 61 audits by a client that sends the preflight header', async () => {
    const { ok = [], ...others } = Object.fromEntries(await audit({ 'apollo-require-preflight': '1' }));
    expect(others).toEqual({});
    expect(ok).toHaveLength(61);
  });

  it('lets anybody read the whole schema', async () => {
    const response = await app.api.post({ query: getIntrospectionQuery() });
    expect(await response.json()).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' }, mutationType: { name: 'Mutation' } } },
    });
  });

  it.each([
    ['is cut short', '{'],
    ['selects two fields', '{ a: imageCaptcha { __typename } b: imageCaptcha { __typename } }'],
    ['lacks a variable', 'mutation ($i: VerifySmsCodeInput!) { verifySmsCode(input: $i) { __typename } }'],
  ])(
    'makes a document that %s a 400, or a 200 to those who know only application/json',
    async (_what, query) => {
      expect((await app.api.post({ query }, READS_STATUS)).status).toBe(400);
      expect((await app.api.post({ query }, { accept: 'application/json' })).status).toBe(200);
    },
  );
});
