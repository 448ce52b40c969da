// Unexpected errors: the caller receives a request id, and the log has everything else under that id.

import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import pg from 'pg';
import { createApollo } from '../../src/graphql/apollo.ts';
import { startServer } from '../../src/http/server.ts';
import { zh } from '../support/api.ts';
import { logLines } from '../support/audit-log.ts';
import { READS_STATUS } from '../support/rejected-requests.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { usingTestApp } from '../support/test-app.ts';
import { newSmsRequest } from '../support/verification.ts';

describe('an internal error', () => {
  const SECRET = 'postgres://admin:hunter2@db.internal/users';

  it('with secrets in it shows the caller a request id only, which the log has with the error', async () => {
    const schema = buildSchema('type Query { broken: Int }');
    const broken = schema.getQueryType()?.getFields().broken ?? {};
    const error = Object.assign(new Error(SECRET, { cause: new Error(SECRET) }), {
      extensions: { code: 'SECRET_CODE', connection: SECRET },
    });
    Object.assign(broken, { resolve: () => Promise.reject(error) });
    const logged: [string, unknown][] = [];
    const logError = (...line: [string, unknown]) => logged.push(line);
    const server = await startServer(
      {
        host: '127.0.0.1',
        port: 0,
        metricsPort: undefined,
        trustedProxies: [],
        corsOrigins: [],
        shutdownDrainSeconds: 0,
      },
      {
        apollo: createApollo(schema, logError),
        health: {
          dependencies: {},
          haveAllAnswered: () => true,
          circuitBreakers: () => ({}),
          providerFaults: () => ({}),
        },
        metrics: () => Promise.reject(error),
        jwks: {},
        reports: { hasPath: () => false, receive: () => Promise.reject(error) },
        pages: { directory: '', demo: false, playground: false, phoneMessages: undefined },
        drainBackgroundWork: async () => {},
        logError,
        onIgnoredProxy: () => {},
      },
    );
    try {
      const message = 'Internal server error';
      const graphql = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { ...READS_STATUS, 'content-type': 'application/json' },
        body: '{"query":"{ broken }"}',
      });
      const requestId = graphql.headers.get('x-request-id');
      expect(requestId).toMatch(/^[\w-]{16}$/);
      const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId };
      expect(await graphql.json()).toEqual({
        data: { broken: null },
        errors: [{ message, locations: [{ line: 1, column: 3 }], path: ['broken'], extensions }],
      });
      expect(logged).toEqual([[requestId, error]]);

      const metrics = await fetch(`${server.url}/metrics`);
      const body = (await metrics.json()) as { errors: [{ extensions: { requestId: string } }] };
      const metricsRequestId = body.errors[0].extensions.requestId;
      expect(metricsRequestId).toMatch(/^[\w-]{16}$/);
      expect([metrics.status, body]).toEqual([
        500,
        { errors: [{ message, extensions: { ...extensions, requestId: metricsRequestId } }] },
      ]);
      expect(logged[1]).toEqual([metricsRequestId, error]);
    } finally {
      await server.stop();
    }
  });
});

describeWithPostgres('an internal error of the database', () => {
  it('prevents the SMS, and leaves no mobile in the log', async () => {
    await usingTestApp({}, async (app) => {
      const client = new pg.Client({ connectionString: String(app.databaseUrl) });
      await client.connect();
      await client.query('alter table users rename to somewhere_else');
      await client.end();
      const i = await newSmsRequest(app);
      const response = await app.api.post(
        {
          query: 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }',
          variables: { i },
        },
        zh,
      );
      const text = await response.text();
      const requestId = response.headers.get('x-request-id');
      expect(JSON.parse(text)).toMatchObject({
        data: null,
        errors: [{ message: 'Internal server error', extensions: { requestId } }],
      });
      expect(text).not.toContain('users');
      const errors = logLines(app).filter(({ level }) => level === 'error');
      expect(errors).toEqual([expect.objectContaining({ requestId })]);
      expect(JSON.stringify(errors)).toContain('users');
      expect(app.log.join('')).not.toContain(i.mobile);
      expect(app.gateway.requests).toHaveLength(0);
    });
  });
});
