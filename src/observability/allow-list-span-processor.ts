// Removes every attribute that is not on a list, and every event and message, before a span is exported: a second protection, in
// case that a span gets an attribute that quotes a request.

import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const ALLOWED = new Set([
  'db.system.name',
  'error.type',
  'graphql.operation.name',
  'graphql.operation.type',
  'yanzheng.outcome',
  'yanzheng.request_id',
  'yanzheng.sms.provider',
]);

export class AllowListSpanProcessor implements SpanProcessor {
  constructor(private readonly next: SpanProcessor) {}

  onStart(...args: Parameters<SpanProcessor['onStart']>): void {
    this.next.onStart(...args);
  }

  onEnd(span: ReadableSpan): void {
    for (const name of Object.keys(span.attributes)) if (!ALLOWED.has(name)) delete span.attributes[name];
    span.events.length = 0;
    span.links.length = 0;
    delete (span.status as { message?: string }).message;
    this.next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.next.shutdown();
  }
}
