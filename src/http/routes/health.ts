// The paths that machines ask: is it alive, is it ready, how is it doing.

import type { FastifyInstance } from 'fastify';

/** Asks one dependency for a sign of life; rejects if there is none. */
export type ProbeDependency = () => Promise<unknown>;

export interface Probes {
  readonly dependencies: Readonly<Record<string, ProbeDependency>>;
  /** Further states that are told, but do not decide. */
  readonly states: () => Readonly<Record<string, unknown>>;
  readonly metrics: () => Promise<{ contentType: string; body: string }>;
  readonly isStopping: () => boolean;
}

export function registerProbes(app: FastifyInstance, probes: Probes): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const checks = await Promise.all(Object.entries(probes.dependencies).map(check));
    const dependencies = Object.fromEntries(checks);
    const isReady = !probes.isStopping() && checks.every(([, state]) => state === 'up');
    const status = probes.isStopping() ? 'stopping' : isReady ? 'ready' : 'unavailable';
    return reply.code(isReady ? 200 : 503).send({ status, ...dependencies, ...probes.states() });
  });

  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await probes.metrics();
    return reply.header('content-type', contentType).send(body);
  });
}

async function check([name, probe]: [string, ProbeDependency]): Promise<[string, 'up' | 'down']> {
  try {
    await probe();
    return [name, 'up'];
  } catch {
    return [name, 'down'];
  }
}
