// What /readyz and /metrics say.

import type { TestApp } from './test-app.ts';

/** Status and body of /readyz. */
export async function readiness({ url }: TestApp): Promise<[number, unknown]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

const READY_BODY = {
  status: 'ready',
  redis: 'up',
  postgresql: 'up',
  sms_circuit_breaker: { yuntongxun: 'ok' },
};

export const READY = [200, READY_BODY];

export const READY_WITH_OPEN_CIRCUIT = [200, { ...READY_BODY, sms_circuit_breaker: { yuntongxun: 'open' } }];

/** An instance stays in its load balancer during an outage, because it still answers with typed errors. */
export function degraded(dependency: 'redis' | 'postgresql') {
  return [200, { ...READY_BODY, status: 'degraded', [dependency]: 'down' }];
}

/** The value of one series of /metrics, named with its labels. */
export async function metric({ url }: TestApp, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`no series ${series} in /metrics`);
  return Number(line.slice(series.length + 1));
}
