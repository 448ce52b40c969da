// Traces with OpenTelemetry. All spans are started by hand, so that each attribute is one that we chose; a processor removes every
// other one before the export.

import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { EndSpan, TraceParent, Tracing } from '../common/tracing.ts';
import { AllowListSpanProcessor } from './allow-list-span-processor.ts';

const SCOPE = 'yanzheng';
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

export interface TracingOptions {
  readonly serviceName: string;
  readonly version: string;
  /** The share of traces that is exported, from 0 to 1. */
  readonly sampledShare: number;
  readonly exporter: SpanExporter;
  /** Replaces the batches, for tests. */
  readonly processor?: SpanProcessor;
}

/** Sends spans to a collector, with the headers and time-outs of the OTEL_ variables. */
export function otlpExporter(endpoint: string): SpanExporter {
  return new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
}

export function createTracing({
  serviceName,
  version,
  sampledShare,
  exporter,
  processor,
}: TracingOptions): Tracing {
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.version': version,
    }),
    sampler: sampler(sampledShare),
    spanProcessors: [new AllowListSpanProcessor(processor ?? new BatchSpanProcessor({ exporter }))],
  });
  const tracer = provider.getTracer(SCOPE, version);
  return {
    run({ name, kind, attributes = {}, parent }, call) {
      const parentContext = parent ? contextOf(parent) : context.active();
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parentContext);
      return context.with(trace.setSpan(parentContext, span), () => ending(span, call));
    },
    traceId: () => trace.getActiveSpan()?.spanContext().traceId,
    async stop() {
      await provider.shutdown().catch(() => {});
      contexts.disable();
      context.disable();
    },
  };
}

async function ending<T>(span: Span, call: (end: EndSpan) => Promise<T>): Promise<T> {
  const fail = (errorType: string) => {
    // Without a message: that of an error may quote anything.
    span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType);
  };
  try {
    return await call((attributes, errorType) => {
      span.setAttributes(attributes);
      if (errorType !== undefined) fail(errorType);
    });
  } catch (error) {
    fail((error as Error).name);
    throw error;
  } finally {
    span.end();
  }
}

/** A caller chooses the id of the trace, but not whether it is sampled: it could make us export every request. */
function sampler(sampledShare: number): ParentBasedSampler {
  const ratio = new TraceIdRatioBasedSampler(sampledShare);
  return new ParentBasedSampler({ root: ratio, remoteParentSampled: ratio, remoteParentNotSampled: ratio });
}

const propagator = new W3CTraceContextPropagator();

/** An invalid header starts a new trace. */
function contextOf({ traceparent, tracestate }: TraceParent): Context {
  const carrier = { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
  return propagator.extract(ROOT_CONTEXT, carrier, {
    get: (headers: Record<string, string>, name) => headers[name],
    keys: (headers: Record<string, string>) => Object.keys(headers),
  });
}
