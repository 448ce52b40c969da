// Judges the samples after the warm-up: what the service uses must not grow with time, and what Redis keeps must not grow
// faster than the flows.

/** How much each figure may grow over all samples that are judged. It does not depend on their duration. */
const GROWTH_LIMITS = [
  { figure: 'heapMb', name: 'heap after a collection, MB', limit: 4 },
  { figure: 'residentMb', name: 'resident memory, MB', limit: 60 },
  // Other programs on the machine delay the process with the load as well, so its own delay is subtracted.
  { figure: 'loopAboveOwnMs', name: 'event-loop delay p99, ms', limit: 50 },
  { figure: 'sockets', name: 'open sockets', limit: 20 },
  { figure: 'inFlight', name: 'flows in flight', limit: 20 },
];
/** How much more a flow of the second half may add to Redis than a flow of the first half. */
const ADDED_PER_FLOW_LIMIT = 1.25;
/** The lifetime of failure counters, see docs/deployment.md. */
const LONGEST_TTL_DAYS = 366;
const UNEXPECTED_SHARE_LIMIT = 0.001;
/** A machine without free CPU time causes some. */
const UNAVAILABLE_SHARE_LIMIT = 0.01;

/** @returns one verdict per promise: its name, what was measured, its limit, and whether it is met. */
export function judge({ samples, lifetimes, flows }) {
  return [
    ...GROWTH_LIMITS.map(({ figure, name, limit }) => ({
      name: `growth of ${name}`,
      ...atMost(growth(samples, figure), limit),
    })),
    { name: 'Redis keys without an expiry', ...atMost(lifetimes.endlessKeys, 0) },
    { name: 'longest TTL of a Redis key, days', ...atMost(lifetimes.longestTtlDays, LONGEST_TTL_DAYS) },
    { name: 'Redis keys added per flow, second half to first', ...perFlow(samples, 'redisKeys') },
    { name: 'Redis memory added per flow, second half to first', ...perFlow(samples, 'redisMb') },
    {
      name: 'share of flows with ServiceUnavailableError',
      ...atMost(flows.unavailable / flows.started, UNAVAILABLE_SHARE_LIMIT),
    },
    {
      name: 'share of flows with another unexpected response',
      ...atMost(flows.unexpectedCount / flows.started, UNEXPECTED_SHARE_LIMIT),
    },
  ];
}

/** A figure that the system does not have is not judged. */
function atMost(measured, limit) {
  return { measured, limit, isMet: measured === undefined || measured <= limit };
}

/** The growth over all samples along their trend. Single outliers do not change it. */
function growth(samples, figure) {
  const slope = trend(samples, 'seconds', figure);
  return slope === undefined ? undefined : slope * (samples.at(-1).seconds - samples[0].seconds);
}

/**
 * The windows of rate limits are longer than the run, so Redis keeps a part of each flow until its end, and keys grow with
 * the flows. State that reaches its TTL within the run makes a flow add less. A flow that adds more than an earlier one
 * means that something is kept longer than its TTL.
 */
function perFlow(samples, figure) {
  const middle = samples.length >> 1;
  const first = trend(samples.slice(0, middle), 'flows', figure);
  const second = trend(samples.slice(middle), 'flows', figure);
  if (first === undefined || second === undefined) return atMost(undefined, ADDED_PER_FLOW_LIMIT);
  return atMost(second / first, ADDED_PER_FLOW_LIMIT);
}

/** The Theil–Sen estimator of the slope: the median of the slopes between all pairs of samples. */
function trend(samples, x, y) {
  const slopes = [];
  for (const [index, from] of samples.entries()) {
    if (from[y] === undefined) return undefined;
    for (const to of samples.slice(index + 1)) slopes.push((to[y] - from[y]) / (to[x] - from[x]));
  }
  return slopes.sort((a, b) => a - b)[slopes.length >> 1];
}
