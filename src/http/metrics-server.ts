// The metrics on a port of their own, which a reverse proxy does not publish.

import { registerNotFound } from './http-errors.ts';
import { createListener, listen } from './listener.ts';
import { type RenderMetrics, registerMetrics } from './routes/metrics.ts';
import { registerSecurityHeaders } from './security-headers.ts';

export interface MetricsServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * @returns `undefined` if the metrics have no port of their own.
 * @throws ListenError if the port is in use.
 */
export async function startMetricsServer(
  { host, metricsPort }: { readonly host: string; readonly metricsPort: number | undefined },
  render: RenderMetrics,
): Promise<MetricsServer | undefined> {
  if (metricsPort === undefined) return undefined;
  const app = createListener();
  registerSecurityHeaders(app);
  registerNotFound(app);
  registerMetrics(app, render);
  const url = await listen(app, { host, port: metricsPort }, 'METRICS_PORT');
  return { url, stop: () => app.close() };
}
