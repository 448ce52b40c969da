// Starts traces if they are on. The SDK is loaded only then, so that it costs nothing otherwise.

import type { Tracing } from '../common/tracing.ts';

export interface TraceSettings {
  /** Where spans go, by OTLP over HTTP. `undefined`: traces are off. */
  readonly endpoint: string | undefined;
  readonly serviceName: string;
  /** The share of traces that is exported, from 0 to 1. */
  readonly sampledShare: number;
}

/** @returns `undefined` if traces are off. */
export async function startTracing(
  { endpoint, serviceName, sampledShare }: TraceSettings,
  version: string,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { createTracing, otlpExporter } = await import('./open-telemetry.ts');
  return createTracing({ serviceName, version, sampledShare, exporter: otlpExporter(endpoint) });
}
