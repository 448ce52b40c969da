// Samples what the service and Redis use.

import { readdirSync, readlinkSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import { residentMb } from '../bench/processes.mjs';

const MB = 1024 * 1024;
const KEYS_PER_SCAN = 1000;
/** The reply of PTTL for a key without an expiry. */
const ENDLESS = -1;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Connects to the debugger of the service and to Redis. */
export async function openSampler({ url, pid, debuggerUrl, redisUrl }) {
  const inspect = await openDebugger(debuggerUrl);
  const ownLoop = monitorEventLoopDelay();
  ownLoop.enable();
  const redis = new Redis(redisUrl);
  redis.on('error', () => {}); // a command that fails makes the sample fail
  return {
    async sample(flows, seconds) {
      // First, because the collection of garbage would count as a delay of the next interval.
      const loopP99Ms = await eventLoopP99Ms(url);
      const ownLoopP99Ms = ownLoop.percentile(99) / 1e6;
      ownLoop.reset();
      const heapMb = await heapAfterCollectionMb(inspect);
      return {
        seconds,
        flows: flows.started,
        requests: flows.requests,
        inFlight: flows.inFlight,
        residentMb: residentMb(pid),
        heapMb,
        loopP99Ms,
        ownLoopP99Ms,
        loopAboveOwnMs: loopP99Ms - ownLoopP99Ms,
        sockets: openSockets(pid),
        redisKeys: await redis.dbsize(),
        redisMb: await usedMemoryMb(redis),
      };
    },
    lifetimes: () => lifetimes(redis),
  };
}

/** Since the last call. */
async function eventLoopP99Ms(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1000;
}

/** What is left of the heap and of buffers after a full garbage collection. */
async function heapAfterCollectionMb(inspect) {
  await inspect('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await inspect('Runtime.getHeapUsage');
  return (usedSize + backingStorageSize) / MB;
}

/** Undefined if the system has no /proc. */
function openSockets(pid) {
  try {
    const directory = `/proc/${pid}/fd`;
    return readdirSync(directory).filter((fd) => linkTarget(`${directory}/${fd}`).startsWith('socket:'))
      .length;
  } catch {
    return undefined;
  }
}

function linkTarget(path) {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // it has been closed
  }
}

/** Undefined if Redis does not tell. */
async function usedMemoryMb(redis) {
  const bytes = /^used_memory:(\d+)/m.exec(await redis.info('memory').catch(() => ''))?.[1];
  return bytes === undefined ? undefined : Number(bytes) / MB;
}

/** Of all Redis keys. */
async function lifetimes(redis) {
  let endlessKeys = 0;
  let longestMs = 0;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', KEYS_PER_SCAN);
    cursor = next;
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.pttl(key);
    for (const [error, ttl] of await pipeline.exec()) {
      if (error) throw error;
      if (ttl === ENDLESS) endlessKeys += 1;
      longestMs = Math.max(longestMs, ttl);
    }
  } while (cursor !== '0');
  return { endlessKeys, longestTtlDays: longestMs / DAY_MS };
}

/** @returns a function that calls a method of the Chrome DevTools Protocol. */
async function openDebugger(url) {
  const [{ webSocketDebuggerUrl }] = await (await fetch(`${url}/json/list`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  const calls = new Map();
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const call = calls.get(id);
    calls.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of calls.values()) reject(new Error('the service has ended'));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`no debugger at ${url}`)));
  });
  return (method) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      calls.set(lastId, { resolve, reject });
      socket.send(JSON.stringify({ id: lastId, method }));
    });
}
