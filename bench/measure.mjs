// Measures one operation of a server for some seconds, or for a number of requests.

import { httpRequest, load } from './load.mjs';
import { residentMb, startCpuMeter } from './processes.mjs';
import { percentile } from './report.mjs';

/** More requests than a server handles in a second. The remaining ones are dropped. */
const MAX_PER_SECOND = 12_000;
const MICROSECONDS_PER_SECOND = 1e6;

/**
 * @param name        the server in `operation.servers`
 * @param instances   its processes, which share the load
 * @param seeds       creates what the requests need, see seeds.mjs
 * @param plan        `seconds`, and `maxPerSecond` or the number of `requests`; `connections` if other than usual
 * @param meters      further processes: a name and a function that lists their process ids
 * @param addresses   an iterator that names the client of each request; undefined: all have the address of the connection
 * @param onReady     called when the requests are prepared and before they are sent
 * @param onLoaded    called after the last response
 * @returns the figures of one measurement. Besides `cpuMicros` of the server there are `<meter>Micros` of all processes of
 *   a meter, and `<meter>BusiestMicros` of the one with the most.
 */
export async function measure(
  {
    operation,
    name,
    instances,
    seeds,
    plan,
    meters = {},
    addresses,
    onReady = async () => {},
    onLoaded = async () => {},
  },
  { acceptedSends, isEnding },
) {
  const server = operation.servers[name];
  const { count, isSuccess, requests } = await prepareRequests(operation, server, seeds, plan, addresses);
  await onReady();
  const pids = instances.map(({ pid }) => pid);
  const readMeters = Object.entries({ cpu: () => pids, ...meters }).map(([meter, list]) => [
    meter,
    startCpuMeter(list),
  ]);
  const sendsBefore = await acceptedSends();

  const ports = instances.map(({ port }) => port);
  const seconds = plan.seconds ?? Number.POSITIVE_INFINITY;
  const { connections } = plan;
  const result = await load({ ports, requests, seconds, isSuccess, connections });

  await onLoaded();
  const cpu = Object.fromEntries(readMeters.map(([meter, read]) => [meter, read()]));
  const missingSends = Math.abs((await acceptedSends()) - sendsBefore - operation.sends * result.answered);
  // A server that is being stopped may fail.
  if (result.wrong.length > 0 && !isEnding())
    console.error(`\n${name}, ${operation.name}: ${result.wrong[0]}`);
  return {
    answered: result.answered,
    perSecond: result.answered / result.seconds,
    p50Ms: percentile(result.latencies, 0.5),
    p99Ms: percentile(result.latencies, 0.99),
    ...cpuPerRequest(cpu, result.answered),
    busy: sum(cpu.cpu) / result.seconds,
    residentMb: residentMb(pids[0]),
    requestBytes: requests.reduce((bytes, request) => bytes + request.length, 0) / count,
    responseBytes: result.responseBytes / result.answered,
    errors: result.wrong.length + missingSends,
  };
}

/** Creates what the requests need, and the requests. `isSuccess` tells whether the body of a response is what it should be. */
export async function prepareRequests(operation, server, seeds, plan, addresses) {
  const { path, success, body = (graphql) => graphql } = server;
  const maxPerSecond = server.maxPerSecond ?? plan.maxPerSecond ?? MAX_PER_SECOND;
  const count = plan.requests ?? Math.ceil(maxPerSecond * plan.seconds);
  const bodies = await operation.bodies(seeds, count);
  const requests = bodies.map((graphql) => httpRequest(path, body(graphql), addresses?.next().value));
  return { count, requests, isSuccess: (response) => response.includes(success) };
}

function cpuPerRequest(cpu, answered) {
  const micros = (seconds) => (seconds / answered) * MICROSECONDS_PER_SECOND;
  return Object.fromEntries(
    Object.entries(cpu).flatMap(([meter, seconds]) => [
      [`${meter}Micros`, micros(sum(seconds))],
      [`${meter}BusiestMicros`, micros(Math.max(...seconds))],
    ]),
  );
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
