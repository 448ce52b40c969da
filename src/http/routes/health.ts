// `GET /healthz` (liveness) and `GET /readyz` (readiness).

import type { FastifyInstance } from 'fastify';

export interface HealthChecks {
  /** One call for each dependency. A rejection means that the dependency is down. */
  readonly dependencies: Readonly<Record<string, () => Promise<unknown>>>;
  /** Reported, but without influence on the readiness. */
  readonly circuitBreakers: () => Readonly<Record<string, string>>;
  /** What an operator must correct, by SMS provider. Reported, but without influence on the readiness. */
  readonly providerFaults: () => Readonly<Record<string, string>>;
  readonly isStopping: () => boolean;
}

export function registerHealth(app: FastifyInstance, checks: HealthChecks): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const states = await Promise.all(Object.entries(checks.dependencies).map(check));
    const isReady = !checks.isStopping() && states.every(([, state]) => state === 'up');
    const faults = checks.providerFaults();
    const status = checks.isStopping() ? 'stopping' : isReady ? 'ready' : 'unavailable';
    return reply.code(isReady ? 200 : 503).send({
      status,
      ...Object.fromEntries(states),
      sms_circuit_breaker: checks.circuitBreakers(),
      ...(Object.keys(faults).length > 0 && { sms_provider_faults: faults }),
    });
  });
}

async function check([name, call]: [string, () => Promise<unknown>]): Promise<[string, 'up' | 'down']> {
  try {
    await call();
    return [name, 'up'];
  } catch {
    return [name, 'down'];
  }
}
