// The Prometheus metrics. No label value comes from a client.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From a fast Redis call to a slow SMS provider. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** From a phone that is on to one that is out of reach for hours. */
const DELIVERY_BUCKETS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600, 86_400];

export type DependencyName = 'redis' | 'postgresql';

const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;

/** What the gauges of a provider read. */
export interface ObservableSmsSender {
  readonly circuitState: (typeof CIRCUIT_STATES)[number];
  readonly inFlight: number;
}

export interface ObservableSmsProvider {
  readonly name: string;
  readonly sender: ObservableSmsSender;
}

export interface ObservableFaults {
  readonly of: (provider: string) => string | undefined;
}

/** What the gauges of the conversion read. */
export interface ObservableConversion {
  readonly provider: string;
  readonly prefix: string;
  readonly accepted: number;
  readonly verified: number;
}

/** What the gauges of the daily cap read. */
export interface ObservableSpendCap {
  readonly smsPerDay: number;
  readonly lotRemaining: number;
  readonly today: () => Promise<{ readonly leased: number }>;
}

/** What the gauges of the guard read: open SMS of a lane within a window, and how many there may be. */
export interface ObservableLaneWindow {
  readonly lane: string;
  readonly window: string;
  readonly open: number;
  readonly line: number;
}

export class Metrics {
  private readonly registry = new Registry();

  private readonly requests = new Counter({
    name: 'yanzheng_requests_total',
    help: 'GraphQL operations by outcome, which is the type of the result.',
    labelNames: ['operation', 'outcome'],
    registers: [this.registry],
  });

  private readonly requestSeconds = new Histogram({
    name: 'yanzheng_request_duration_seconds',
    help: 'Duration of GraphQL operations.',
    labelNames: ['operation'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly dependencySeconds = new Histogram({
    name: 'yanzheng_dependency_duration_seconds',
    help: 'Duration of calls to Redis and PostgreSQL.',
    labelNames: ['dependency'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly outages = new Counter({
    name: 'yanzheng_dependency_outages_total',
    help: 'Calls that failed because Redis or PostgreSQL was unavailable.',
    labelNames: ['dependency'],
    registers: [this.registry],
  });

  private readonly smsSends = new Counter({
    name: 'yanzheng_sms_sends_total',
    help: 'SMS handed to a provider, by outcome: accepted, rejected or unknown.',
    labelNames: ['provider', 'outcome'],
    registers: [this.registry],
  });

  private readonly smsSendSeconds = new Histogram({
    name: 'yanzheng_sms_send_duration_seconds',
    help: 'Duration from handing an SMS to a provider to its outcome.',
    labelNames: ['provider'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly smsReports = new Counter({
    name: 'yanzheng_sms_reports_total',
    help: 'Delivery reports by result: delivered, undelivered, repeated, unknown_id, other_mobile or rejected_attempt.',
    labelNames: ['provider', 'result'],
    registers: [this.registry],
  });

  private readonly smsDeliverySeconds = new Histogram({
    name: 'yanzheng_sms_delivery_seconds',
    help: 'Time from handing an SMS to a provider to its delivery to the phone, as reported.',
    labelNames: ['provider'],
    buckets: DELIVERY_BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly providerFaults = new Counter({
    name: 'yanzheng_sms_provider_faults_total',
    help: 'Faults of an account that an operator must correct, counted once a minute while they last.',
    labelNames: ['provider', 'fault'],
    registers: [this.registry],
  });

  private readonly redeemedCaptchas = new Counter({
    name: 'yanzheng_captchas_redeemed_total',
    help: 'Answers to captchas, by outcome: correct, mismatch or expired.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly exceededLimits = new Counter({
    name: 'yanzheng_rate_limits_exceeded_total',
    help: 'Requests that a rate limit, a lockout or the daily cap rejected, by its name.',
    labelNames: ['rule'],
    registers: [this.registry],
  });

  private readonly verifiedSeconds = new Histogram({
    name: 'yanzheng_sms_verified_seconds',
    help: 'Time from handing an SMS to a provider to the verification of its code. SMS with a resend are left out.',
    labelNames: ['provider'],
    buckets: DELIVERY_BUCKETS_SECONDS,
    registers: [this.registry],
  });

  private readonly guardDecisions = new Counter({
    name: 'yanzheng_guard_decisions_total',
    help: 'Decisions of the guard about an SMS: passed or rejected. In the mode observe a rejected SMS is sent.',
    labelNames: ['lane', 'decision', 'mode'],
    registers: [this.registry],
  });

  private readonly guardOutages = new Counter({
    name: 'yanzheng_guard_unavailable_total',
    help: 'Calls of the guard that Redis did not answer in time. The SMS passed, or the proof did not count.',
    labelNames: [],
    registers: [this.registry],
  });

  /** @param version of Yanzheng. */
  constructor(version = 'unknown') {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'yanzheng_build_info',
      help: 'The version of Yanzheng and of Node.js; always 1.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version, node: process.version }, 1);
  }

  /** Counts what the audit log records and no other metric shows. */
  countEvent(event: string, facts: Readonly<Record<string, unknown>>): void {
    if (event === 'captcha_redeemed') this.redeemedCaptchas.inc({ outcome: String(facts.outcome) });
    else if (event === 'rate_limit_exceeded') this.exceededLimits.inc({ rule: String(facts.rule) });
    else if (event === 'verification_locked') this.exceededLimits.inc({ rule: 'lockout' });
  }

  guardObserver(mode: string) {
    return {
      decided: (lane: string, decision: string) => this.guardDecisions.inc({ lane, decision, mode }),
      unavailable: () => this.guardOutages.inc(),
    };
  }

  /** Registers the gauges of the guard, which read its lanes at each scrape. `read` must not throw. */
  watchGuard(read: () => Promise<readonly ObservableLaneWindow[]>): void {
    // Both gauges of one scrape show the same reading.
    let reading: ReturnType<typeof read> = Promise.resolve([]);
    new Gauge({
      name: 'yanzheng_guard_open_sms',
      help: 'SMS of a lane that were sent within the window and whose code is not verified.',
      labelNames: ['lane', 'window'],
      registers: [this.registry],
      async collect() {
        reading = read();
        for (const { lane, window, open } of await reading) this.set({ lane, window }, open);
      },
    });
    new Gauge({
      name: 'yanzheng_guard_line',
      help: 'The number of open SMS at which the guard rejects the next one.',
      labelNames: ['lane', 'window'],
      registers: [this.registry],
      async collect() {
        for (const { lane, window, line } of await reading) this.set({ lane, window }, line);
      },
    });
  }

  observeVerified(provider: string, seconds: number): void {
    this.verifiedSeconds.observe({ provider }, seconds);
  }

  observeOperation(operation: string, outcome: string, seconds: number): void {
    this.requests.inc({ operation, outcome });
    this.requestSeconds.observe({ operation }, seconds);
  }

  observeDependency(dependency: DependencyName, seconds: number, outage: unknown): void {
    this.dependencySeconds.observe({ dependency }, seconds);
    if (outage !== undefined) this.outages.inc({ dependency });
  }

  observeSend(provider: string, outcome: string, seconds: number): void {
    this.smsSends.inc({ provider, outcome });
    this.smsSendSeconds.observe({ provider }, seconds);
  }

  observeReport(provider: string, result: string, secondsToDelivery: number | undefined): void {
    this.smsReports.inc({ provider, result });
    if (secondsToDelivery !== undefined) this.smsDeliverySeconds.observe({ provider }, secondsToDelivery);
  }

  countProviderFault(provider: string, fault: string): void {
    this.providerFaults.inc({ provider, fault });
  }

  /** Registers the gauges of the conversion, which show the figures of the last refresh. */
  watchConversion(figures: () => readonly ObservableConversion[]): void {
    new Gauge({
      name: 'yanzheng_sms_conversion_accepted',
      help: 'SMS of all instances that count toward the conversion of a provider, by carrier prefix.',
      labelNames: ['provider', 'prefix'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { provider, prefix, accepted } of figures()) this.set({ provider, prefix }, accepted);
      },
    });
    new Gauge({
      name: 'yanzheng_sms_conversion_verified',
      help: 'Those of yanzheng_sms_conversion_accepted whose code was verified.',
      labelNames: ['provider', 'prefix'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { provider, prefix, verified } of figures()) this.set({ provider, prefix }, verified);
      },
    });
  }

  /** Registers the gauges of all providers, which read their values at each scrape. */
  watchSmsProviders(providers: readonly ObservableSmsProvider[], faults: ObservableFaults): void {
    new Gauge({
      name: 'yanzheng_sms_circuit_breaker',
      help: 'Circuit breaker of a provider: 1 for its current state, 0 for the others.',
      labelNames: ['provider', 'state'],
      registers: [this.registry],
      collect() {
        for (const { name: provider, sender } of providers)
          for (const state of CIRCUIT_STATES)
            this.set({ provider, state }, sender.circuitState === state ? 1 : 0);
      },
    });
    new Gauge({
      name: 'yanzheng_sms_in_flight',
      help: 'SMS that wait for the response of a provider, or for a connection to it.',
      labelNames: ['provider'],
      registers: [this.registry],
      collect() {
        for (const { name: provider, sender } of providers) this.set({ provider }, sender.inFlight);
      },
    });
    new Gauge({
      name: 'yanzheng_sms_provider_faulty',
      help: 'Whether the account of a provider has a fault that an operator must correct: 1 until it accepts an SMS.',
      labelNames: ['provider'],
      registers: [this.registry],
      collect() {
        for (const { name: provider } of providers) this.set({ provider }, faults.of(provider) ? 1 : 0);
      },
    });
  }

  /** Registers the gauges of the daily cap, which read their values at each scrape. */
  watchSpendCap(spendCap: ObservableSpendCap): void {
    new Gauge({
      name: 'yanzheng_sms_per_day',
      help: 'The daily cap: the setting SMS_PER_DAY.',
      labelNames: [],
      registers: [this.registry],
    }).set(spendCap.smsPerDay);
    new Gauge({
      name: 'yanzheng_sms_leased_today',
      help: 'SMS of the current day in China that all instances have leased: sent, or left in their lots.',
      labelNames: [],
      registers: [this.registry],
      async collect() {
        // While PostgreSQL is unavailable, the gauge keeps its last value.
        await spendCap.today().then(
          ({ leased }) => this.set(leased),
          () => {},
        );
      },
    });
    new Gauge({
      name: 'yanzheng_sms_left_today',
      help: 'SMS of the daily cap that no instance has leased yet.',
      labelNames: [],
      registers: [this.registry],
      async collect() {
        await spendCap.today().then(
          ({ leased }) => this.set(Math.max(0, spendCap.smsPerDay - leased)),
          () => {},
        );
      },
    });
    new Gauge({
      name: 'yanzheng_sms_lot_remaining',
      help: 'SMS that this instance has leased and not sent.',
      labelNames: [],
      registers: [this.registry],
      collect() {
        this.set(spendCap.lotRemaining);
      },
    });
  }

  /** Renders the text format of Prometheus. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}
