// `GET /healthz` (liveness) and `GET /readyz` (readiness).

import type { FastifyInstance } from 'fastify';

export interface HealthChecks {
  /** One call for each dependency. A rejection means that the dependency is down. */
  readonly dependencies: Readonly<Record<string, () => Promise<unknown>>>;
  /** Whether each dependency has answered at least once since the start. */
  readonly haveAllAnswered: () => boolean;
  /** Reported, but without influence on the readiness. */
  readonly circuitBreakers: () => Readonly<Record<string, string>>;
  /** What an operator must correct, by SMS provider. Reported, but without influence on the readiness. */
  readonly providerFaults: () => Readonly<Record<string, string>>;
  readonly isStopping: () => boolean;
}

type Status = 'starting' | 'ready' | 'degraded' | 'stopping';

/**
 * All instances share their dependencies. An outage must not take all of them out of the load balancer, because a client is
 * better served by a typed error than by none. So only the start and the shutdown answer 503.
 */
export function registerHealth(app: FastifyInstance, checks: HealthChecks): void {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const states = await Promise.all(Object.entries(checks.dependencies).map(check));
    const status = statusOf(
      checks,
      states.every(([, state]) => state === 'up'),
    );
    const faults = checks.providerFaults();
    return reply.code(status === 'starting' || status === 'stopping' ? 503 : 200).send({
      status,
      ...Object.fromEntries(states),
      sms_circuit_breaker: checks.circuitBreakers(),
      ...(Object.keys(faults).length > 0 && { sms_provider_faults: faults }),
    });
  });
}

function statusOf(checks: HealthChecks, areAllUp: boolean): Status {
  if (checks.isStopping()) return 'stopping';
  if (areAllUp) return 'ready';
  return checks.haveAllAnswered() ? 'degraded' : 'starting';
}

async function check([name, call]: [string, () => Promise<unknown>]): Promise<[string, 'up' | 'down']> {
  try {
    await call();
    return [name, 'up'];
  } catch {
    return [name, 'down'];
  }
}
