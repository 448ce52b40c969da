// Every time-out of the service, in one place. Values that depend on each other are derived from each other, and
// test/unit/time-budgets.test.ts checks that the sums hold.

// ── Redis and PostgreSQL ────────────────────────────────────────────────────────────────────────────────────────────

/** Limit for a single call. A call that takes longer fails with `DependencyUnavailableError`. */
export const STORE_CALL_TIMEOUT_MS = 1000;
/** Limit for all calls of one request together: a client gets its `ServiceUnavailableError` within two seconds. */
export const STORE_BUDGET_PER_REQUEST_MS = 1500;
/** `retryAfterSeconds` of `ServiceUnavailableError`: long enough for a restart, short enough for a person to wait. */
export const RETRY_AFTER_OUTAGE_SECONDS = 5;
/** Limit for one call of an operator's command. */
export const CLI_STORE_CALL_TIMEOUT_MS = 5000;

export const REDIS_CONNECT_TIMEOUT_MS = 2000;
/** A connection without a reply for this long is dead, even if TCP has not noticed. */
export const REDIS_SILENCE_TIMEOUT_MS = 5000;
/** A server that hangs does not close its side of a connection that the client leaves. After this time the client cuts it. */
export const REDIS_DISCONNECT_TIMEOUT_MS = 100;
/** The delay grows by the step with each failed attempt to reconnect. */
export const REDIS_RECONNECT_DELAY_STEP_MS = 50;
export const REDIS_RECONNECT_DELAY_MAX_MS = 500;
/** A command in a Cluster is sent this often, with this delay between: less than `STORE_CALL_TIMEOUT_MS` together. */
export const REDIS_CLUSTER_ATTEMPTS = 9;
export const REDIS_CLUSTER_RETRY_DELAY_MS = 100;
/** How often the client asks a node of a Cluster which master serves which slots, and how long it waits for the answer. */
export const REDIS_CLUSTER_REFRESH_INTERVAL_MS = 1000;
export const REDIS_CLUSTER_REFRESH_TIMEOUT_MS = 500;
/** A Sentinel that does not answer within this time is skipped. */
export const REDIS_SENTINEL_ANSWER_TIMEOUT_MS = 500;
export const REDIS_CLOSE_TIMEOUT_MS = 1000;

export const POSTGRES_CONNECT_TIMEOUT_MS = 2000;
export const POSTGRES_QUERY_TIMEOUT_MS = 2000;
/** Pooled connections are replaced after this time, so a peer that vanished silently cannot block one for longer. */
export const POSTGRES_CONNECTION_LIFETIME_SECONDS = 10;
export const POSTGRES_CLOSE_TIMEOUT_MS = 1000;

// ── SMS providers ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Default limit for one send, from the call to the outcome, including the wait for a connection. */
export const SMS_PROVIDER_TIMEOUT_SECONDS = 5;
/** Largest limit that a setting may choose. */
export const SMS_PROVIDER_TIMEOUT_MAX_SECONDS = 30;
/** Limit for connecting to a provider. A host that does not answer leaves time for the next provider. */
export const SMS_PROVIDER_CONNECT_TIMEOUT_MS = 2000;
/** An open circuit lets one SMS through after this time. */
export const SMS_CIRCUIT_RESET_TIMEOUT_MS = 10_000;
/** Retry advice when a provider could not be reached, so the SMS was not sent. */
export const RETRY_AFTER_UNREACHABLE_SECONDS = 10;
/** Retry advice when the bulkhead is full. */
export const RETRY_AFTER_BULKHEAD_FULL_SECONDS = 5;
export const SMS_PROVIDER_CLOSE_TIMEOUT_MS = 1000;
/** Limit for asking a provider about an earlier attempt, and the largest share of the delivery that it may take. */
export const SMS_LOOK_UP_TIMEOUT_MS = 1500;
export const SMS_LOOK_UP_MAX_SHARE = 0.3;
/** The next provider tries only if this share of its limit is left of the delivery. It then has the time that is left. */
export const SMS_ATTEMPT_MIN_SHARE = 0.4;

/** The limit of one delivery through these providers, however many of them try. */
export function smsDeliveryTimeoutMs(providers: readonly { readonly timeoutMs: number }[]): number {
  return Math.max(...providers.map(({ timeoutMs }) => timeoutMs));
}

/** Asking about the earlier attempt leaves the larger part of the delivery's time for the SMS that the person asks for. */
export function smsLookUpTimeoutMs(deliveryTimeoutMs: number): number {
  return Math.min(SMS_LOOK_UP_TIMEOUT_MS, SMS_LOOK_UP_MAX_SHARE * deliveryTimeoutMs);
}

/** The longest that any delivery can take. */
export const SMS_DELIVERY_TIMEOUT_MAX_MS = SMS_PROVIDER_TIMEOUT_MAX_SECONDS * 1000;
/** A fault of an account is logged, and an error of a provider written to Redis, at most this often. */
export const SMS_FAULT_REPORT_INTERVAL_MS = 60_000;
/** An accepted SMS without a report for so long is shown as unknown. */
export const NO_REPORT_AFTER_MS = 10 * 60 * 1000;
/** Platforms repeat a report that is not acknowledged in time: the shortest known limit is 700 ms. */
export const REPORT_STORE_TIMEOUT_MS = 500;
/** How often an instance reads the conversion of the providers from Redis. */
export const CONVERSION_REFRESH_INTERVAL_MS = 30_000;
/** The conversion of an SMS is known after this time: few persons type a code later. */
export const CONVERSION_SETTLED_AFTER_MS = 300_000;

/** The simulator reports an SMS after this time, and repeats a report that is not acknowledged within it. */
export const SIMULATED_REPORT_DELAY_MS = 1000;
export const SIMULATED_REPORT_TIMEOUT_MS = 5000;
export const SIMULATOR_REQUEST_TIMEOUT_MS = 10_000;
/** The answer of the simulator that comes late, for the senders' time-outs. */
export const SIMULATED_LATE_ANSWER_MS = 3000;
/** `npm run sms:send` waits for a report this long, and asks at this interval. */
export const CLI_REPORT_TIMEOUT_MS = 120_000;
export const CLI_REPORT_POLL_INTERVAL_MS = 2000;

// ── requestSmsCode ──────────────────────────────────────────────────────────────────────────────────────────────────

/** With user-enumeration protection `SmsCodeSent` is returned after this time, whether or not an SMS is sent. */
export const UNIFORM_RESPONSE_TIME_MS = 1000;
/** A replay polls for the response of the original: first at the shorter interval, at last at the longer one. */
export const REPLAY_POLL_MIN_MS = 50;
export const REPLAY_POLL_MAX_MS = 500;
/** A claim whose captcha is still unused after this time belongs to a process that stopped: another may take it over. */
export const ABANDONED_CLAIM_AFTER_MS = STORE_BUDGET_PER_REQUEST_MS + 500;

const SCHEDULING_SLACK_MS = 500;

/** The longest that `requestSmsCode` takes with this limit of a delivery. Replays wait no longer for the original. */
export function sendRequestTimeoutMs(deliveryTimeoutMs: number): number {
  return deliveryTimeoutMs + STORE_BUDGET_PER_REQUEST_MS + UNIFORM_RESPONSE_TIME_MS + SCHEDULING_SLACK_MS;
}

/** At the stop, PostgreSQL gets the rest of the lot within this time, or it is lost for the day. */
export const RETURN_LOT_TIMEOUT_MS = 400;
/** A reached daily cap is checked again after this time: another process may have returned sends. */
export const SPEND_CAP_RECHECK_MS = 1000;
/** A lot that is not used for this time is returned, for processes that have more requests. */
export const IDLE_LOT_AFTER_MS = 60_000;
/** A lease waits for the row of the day within this time, which ends before that of the call. */
export const SPEND_ROW_LOCK_TIMEOUT_MS = STORE_CALL_TIMEOUT_MS - 100;

/** Clocks of two instances may differ by this much. */
export const CLOCK_SKEW_SECONDS = 60;

// ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Headers and body of a request have to arrive within this time. */
export const HTTP_REQUEST_TIMEOUT_MS = 5000;
export const HTTP_HEADERS_TIMEOUT_MS = 4000;
/** An idle connection is announced to stay open for this time. */
export const HTTP_KEEP_ALIVE_TIMEOUT_MS = 5000;
/** It stays open for so much longer: a request that the client sent in time may arrive late. */
export const HTTP_KEEP_ALIVE_BUFFER_MS = 1000;
/** How often Node looks for connections whose time is over. */
export const HTTP_TIMEOUT_CHECK_INTERVAL_MS = 1000;
/** A silent connection is closed after this time, which is longer than the slowest response. */
export const HTTP_IDLE_CONNECTION_TIMEOUT_MS = sendRequestTimeoutMs(SMS_DELIVERY_TIMEOUT_MAX_MS) + 12_000;

// ── Graceful shutdown ───────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The drain in production, if no setting chooses another one. A connection that is idle when the drain starts reaches its
 * keep-alive time-out within it, so the shutdown does not close it under a request.
 */
export const SHUTDOWN_DRAIN_SECONDS = HTTP_KEEP_ALIVE_TIMEOUT_MS / 1000;
/** Longest drain that the setting may choose. */
export const SHUTDOWN_DRAIN_MAX_SECONDS = 300;
/** After the drain, in-flight requests and sends may finish within this time. */
export const IN_FLIGHT_TIMEOUT_MS = 6500;

/** How long connections stay open for late requests after the drain. Without a drain no client was told to leave. */
export function lateRequestsMs(drainSeconds: number): number {
  return drainSeconds > 0 ? HTTP_KEEP_ALIVE_BUFFER_MS : 0;
}

/**
 * The whole shutdown: drain, late requests, work in flight, then close the provider, return the lot of the daily cap, and
 * close Redis and PostgreSQL. After it the process exits with code 1.
 */
export function shutdownTimeoutMs(drainSeconds: number): number {
  return (
    drainSeconds * 1000 +
    lateRequestsMs(drainSeconds) +
    IN_FLIGHT_TIMEOUT_MS +
    SMS_PROVIDER_CLOSE_TIMEOUT_MS +
    RETURN_LOT_TIMEOUT_MS +
    REDIS_CLOSE_TIMEOUT_MS +
    POSTGRES_CLOSE_TIMEOUT_MS
  );
}
