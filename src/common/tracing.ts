// The port of traces. Without tracing, a traced call is the call itself.

/** Values of attributes come from our code, never from a client. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** A fixed name, or one with a name of ours in it. */
  readonly name: string;
  /** `server`: answers a client. `client`: waits for another system. */
  readonly kind: 'server' | 'client';
  readonly attributes?: SpanAttributes;
  /** The headers of W3C Trace Context, if the caller of the service sent them. */
  readonly parent?: TraceParent | undefined;
}

export interface TraceParent {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** Adds attributes when the result is known. `errorType` marks the span as failed. */
export type EndSpan = (attributes: SpanAttributes, errorType?: string) => void;

export interface Tracing {
  /** Runs a call in a span below the current one. A call that throws ends a failed span. */
  readonly run: <T>(span: SpanStart, call: (end: EndSpan) => Promise<T>) => Promise<T>;
  /** The id of the trace of the current call, for the log. */
  readonly traceId: () => string | undefined;
  /** Exports the spans that wait. Does not throw. */
  readonly stop: () => Promise<void>;
}

const ignore: EndSpan = () => {};

export const noTracing: Tracing = {
  run: (_span, call) => call(ignore),
  traceId: () => undefined,
  stop: async () => {},
};
