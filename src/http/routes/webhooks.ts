// `POST /webhooks/<provider>/<secret>`: delivery reports. Signed reports have no secret in their path.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DependencyUnavailableError } from '../../common/dependency.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import { REPORT_STORE_TIMEOUT_MS } from '../../config/time-budgets.ts';
import { errorBody, sendNotFound } from '../http-errors.ts';

/** A report as it arrived. */
export interface IncomingReport {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly receivedAtMs: number;
}

export type ReportAnswer =
  | { readonly kind: 'unauthenticated' | 'malformed' }
  | {
      readonly kind: 'acknowledged';
      readonly acknowledgement: { readonly contentType: string; readonly body: string };
    };

export interface ReportReceiver {
  /** Whether reports arrive at `/webhooks/<provider>/<pathSecret>`. */
  readonly hasPath: (provider: string, pathSecret: string | undefined) => boolean;
  /** @throws DependencyUnavailableError if the reports cannot be recorded. */
  readonly receive: (provider: string, report: IncomingReport) => Promise<ReportAnswer>;
}

/** A hundred reports, the most that a platform sends at once, have less than half of it. */
const REPORT_LIMIT_BYTES = 256 * 1024;

type ReportParams = { readonly provider: string; readonly secret?: string };

/** Without Redis the answer is 503, and the platform repeats its reports. */
export async function registerWebhooks(app: FastifyInstance, reports: ReportReceiver): Promise<void> {
  // In a scope of its own: everywhere else only JSON is parsed.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    const options = {
      bodyLimit: REPORT_LIMIT_BYTES,
      // Before the body is read: a wrong secret gets the answer of any unknown path.
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        const { provider, secret } = request.params as ReportParams;
        if (!reports.hasPath(provider, secret)) return sendNotFound(reply);
      },
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const { provider } = request.params as ReportParams;
        return respond(await receiveInTime(reports, provider, reportOf(request)), reply);
      },
    };
    scope.post('/webhooks/:provider', options);
    scope.post('/webhooks/:provider/:secret', options);
  });
}

function reportOf(request: FastifyRequest): IncomingReport {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(' ') : value,
    ]),
  );
  const body = typeof request.body === 'string' ? request.body : '';
  return { headers, body, receivedAtMs: Date.now() };
}

async function receiveInTime(
  reports: ReportReceiver,
  provider: string,
  report: IncomingReport,
): Promise<ReportAnswer | { readonly kind: 'unavailable' }> {
  try {
    return await withTimeBudget(REPORT_STORE_TIMEOUT_MS, () => reports.receive(provider, report));
  } catch (error) {
    if (error instanceof DependencyUnavailableError) return { kind: 'unavailable' };
    throw error;
  }
}

function respond(answer: ReportAnswer | { readonly kind: 'unavailable' }, reply: FastifyReply) {
  switch (answer.kind) {
    case 'acknowledged':
      return reply
        .header('content-type', answer.acknowledgement.contentType)
        .send(answer.acknowledgement.body);
    case 'unauthenticated':
      return reply.code(401).send(errorBody('The signature is missing, wrong or too old'));
    case 'malformed':
      return reply.code(400).send(errorBody('The body is no delivery report'));
    case 'unavailable':
      return reply.code(503).send(errorBody('Service unavailable'));
  }
}
