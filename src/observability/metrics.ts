// What Prometheus reads. No label takes its value from a caller.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From a quick Redis call to a gateway's time-out. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type DependencyName = 'redis' | 'postgresql' | 'sms_gateway';

export class Metrics {
  private readonly registry = new Registry();

  private readonly requests = new Counter({
    name: 'yanzheng_requests_total',
    help: 'Operations answered, by the type of the outcome.',
    labelNames: ['operation', 'outcome'],
    registers: [this.registry],
  });

  private readonly requestSeconds = new Histogram({
    name: 'yanzheng_request_duration_seconds',
    help: 'Seconds from the start of an operation to its outcome.',
    labelNames: ['operation'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly dependencySeconds = new Histogram({
    name: 'yanzheng_dependency_duration_seconds',
    help: 'Seconds that calls to Redis, PostgreSQL and the SMS gateway took.',
    labelNames: ['dependency'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly outages = new Counter({
    name: 'yanzheng_dependency_outages_total',
    help: 'Calls that Redis or PostgreSQL gave no answer to.',
    labelNames: ['dependency'],
    registers: [this.registry],
  });

  private readonly texts = new Counter({
    name: 'yanzheng_sms_total',
    help: 'Text messages tried, by what became of them: sent, notSent, unknown.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  countRequest(operation: string, outcome: string, seconds: number): void {
    this.requests.inc({ operation, outcome });
    this.requestSeconds.observe({ operation }, seconds);
  }

  observeDependency(dependency: DependencyName, seconds: number): void {
    this.dependencySeconds.observe({ dependency }, seconds);
  }

  countOutage(dependency: DependencyName): void {
    this.outages.inc({ dependency });
  }

  countText(outcome: string): void {
    this.texts.inc({ outcome });
  }

  /** What is read when Prometheus asks. */
  watchSms(sms: { readonly circuitState: string; readonly underWay: number }): void {
    new Gauge({
      name: 'yanzheng_sms_breaker_open',
      help: '1 while no text is tried, since the gateway gave no answer; 0.5 while one is, to see; else 0.',
      registers: [this.registry],
      collect() {
        this.set({ closed: 0, half_open: 0.5 }[sms.circuitState] ?? 1);
      },
    });
    new Gauge({
      name: 'yanzheng_sms_under_way',
      help: 'Text messages that wait for the gateway, or for a connection to it.',
      registers: [this.registry],
      collect() {
        this.set(sms.underWay);
      },
    });
  }

  /** Prometheus' text format. */
  async exposition(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
