// `--unit-costs`: what one operation, one key and one row cost. docs/scaling.md calculates the size of a deployment from these.

import { setTimeout as sleep } from 'node:timers/promises';
import { loadBuild } from './builds.mjs';
import {
  BEHIND_A_PROXY,
  checkout,
  clientAddresses,
  startEnvironment,
  startInstances,
} from './environment.mjs';
import { fillWithKind, recordTemplates } from './live-state.mjs';
import { measure } from './measure.mjs';
import { operations, registration } from './operations.mjs';
import { startCpuMeter, withChildren } from './processes.mjs';
import { align, fixed, median } from './report.mjs';
import { describeMachine, saveResults } from './results.mjs';
import { redisSeeds } from './seeds.mjs';
import { startStoreCounters } from './store-counters.mjs';
import { DURABLE_REDIS, query, startRedis } from './stores.mjs';

const PLAN = { warmUpRounds: 4, rounds: 7, seconds: 1.2, maxPerSecond: 4000, keys: 100_000, rows: 200_000 };
const QUICK_PLAN = {
  warmUpRounds: 1,
  rounds: 1,
  seconds: 0.4,
  maxPerSecond: 4000,
  keys: 10_000,
  rows: 10_000,
};
/** So few that each call reaches Redis alone. At full load, the calls of several requests share a write. */
const FEW_CONNECTIONS = 2;
/** Redis looks for expired keys ten times a second. */
const EXPIRY_POLL_MS = 100;
const EXPIRY_TTL_MS = 5000;
const MICROSECONDS_PER_SECOND = 1e6;

/** @returns whether all responses were successes. */
export async function unitCosts(context) {
  const plan = context.flags.quick ? QUICK_PLAN : PLAN;
  const environment = await startEnvironment(context);
  const { main, storage } = await loadBuild(checkout, environment.secrets);
  const redis = await startRedis(context.processes, DURABLE_REDIS);
  const service = { main, name: 'service', redis, settings: BEHIND_A_PROXY };
  const server = { ...(await startInstances(environment, service)), redis, storage };

  const templates = await recordTemplates({ port: server.instances[0].port, redis: redis.client, storage });
  const slices = await measureOperations(environment, server, plan);
  const results = {
    operations: summarizeOperations(slices),
    keys: await measureKeys(redis, storage, templates, plan.keys),
    expiryMicros: await measureExpiry(redis, storage, templates, plan.keys),
    row: await measureRow(server.databaseUrl, plan.rows),
    residentMb: Math.max(...slices.map(({ residentMb }) => residentMb)),
  };
  process.stderr.write('\n\n');
  const machine = describeMachine(redis.name);
  print(results, machine);
  await saveResults({ machine, plan, ...results, slices }, 'unit-costs');
  return slices.every(({ errors }) => errors === 0);
}

async function measureOperations(environment, { instances, redis, storage }, plan) {
  const { postgres } = environment;
  const meters = { redis: () => redis.pids, postgres: () => withChildren(postgres.pid) };
  const seeds = redisSeeds(redis.client, storage);
  const common = { name: 'current', instances, seeds, plan, meters, addresses: clientAddresses() };
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of [...operations, registration]) {
      await redis.flush();
      const counters = await startStoreCounters(redis.client, instances[0].port);
      const prepare = { ...common, operation, onReady: () => counters.reset() };
      const slice = await measure(prepare, environment);
      const counts = await counters.perRequest(slice.answered);
      const few = { ...common, operation, plan: { ...plan, connections: FEW_CONNECTIONS } };
      const { redisMicros: redisAloneMicros, errors } = await measure(few, environment);
      slices.push({
        round,
        operation: operation.name,
        ...slice,
        ...counts,
        redisAloneMicros,
        errors: slice.errors + errors,
      });
    }
    process.stderr.write('.');
  }
  return slices;
}

const FIGURES = [
  ['service CPU µs', 'cpuMicros', 0],
  ['Redis CPU µs', 'redisMicros', 0],
  ['Redis CPU µs, calls alone', 'redisAloneMicros', 0],
  ['PostgreSQL CPU µs', 'postgresMicros', 0],
  ['Redis calls', 'redisCalls', 2],
  ['Redis commands', 'redisCommands', 1],
  ['PostgreSQL calls', 'postgresCalls', 2],
  ['request bytes', 'requestBytes', 0],
  ['response bytes', 'responseBytes', 0],
  ['bytes to Redis', 'redisInputBytes', 0],
  ['bytes from Redis', 'redisOutputBytes', 0],
];

/** The medians of the rounds. */
function summarizeOperations(slices) {
  const measured = Map.groupBy(
    slices.filter(({ round }) => round >= 0),
    ({ operation }) => operation,
  );
  return [...measured].map(([operation, group]) => ({
    operation,
    ...Object.fromEntries(FIGURES.map(([, figure]) => [figure, median(group.map((slice) => slice[figure]))])),
  }));
}

/** @returns the bytes of memory for one key of each kind, with everything that Redis needs to find and expire it. */
async function measureKeys(redis, storage, templates, count) {
  const bytes = {};
  for (const kind of Object.keys(templates)) {
    await redis.flush();
    const before = await usedMemory(redis.client);
    await fillWithKind(redis.client, templates, storage, kind, count);
    bytes[kind] = ((await usedMemory(redis.client)) - before) / count;
  }
  return bytes;
}

async function usedMemory(client) {
  await sleep(EXPIRY_POLL_MS); // Redis frees the buffers of the closed connection
  return Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))[1]);
}

/** @returns the CPU time that Redis needs to delete one expired key. */
async function measureExpiry(redis, storage, templates, count) {
  await redis.flush();
  await fillWithKind(redis.client, templates, storage, 'mobileHour', count, EXPIRY_TTL_MS);
  const readCpu = startCpuMeter(() => redis.pids);
  while ((await redis.client.dbsize()) > 0) await sleep(EXPIRY_POLL_MS);
  return (readCpu()[0] / count) * MICROSECONDS_PER_SECOND;
}

/** @returns the bytes of a user on disk. Ids ascend as in the service, mobiles are in no order. */
async function measureRow(databaseUrl, count) {
  await query(databaseUrl, 'create table sample (like users including all)');
  await query(
    databaseUrl,
    `insert into sample (id, mobile, registered_at)
     select uuidv7(), '+861' || lpad((n::bigint * 6180339887 % 10000000000)::text, 10, '0'), now()
     from generate_series(1, ${count}) n`,
  );
  const sql = `select pg_table_size('sample') as "table", pg_indexes_size('sample') as "indexes"`;
  const [sizes] = await query(databaseUrl, sql);
  return { tableBytes: Number(sizes.table) / count, indexBytes: Number(sizes.indexes) / count };
}

function print({ operations: measured, keys, expiryMicros, row, residentMb }, machine) {
  const header = ['per request', ...measured.map(({ operation }) => operation)];
  const rows = FIGURES.map(([title, figure, digits]) => [
    title,
    ...measured.map((operation) => fixed(operation[figure], digits)),
  ]);
  console.log(align([header, ...rows], 1).join('\n'));
  const keyRows = Object.entries(keys).map(([kind, bytes]) => [kind, fixed(bytes, 0)]);
  console.log(`\n${align([['Redis key', 'bytes'], ...keyRows], 1).join('\n')}`);
  console.log(`\nRedis CPU µs to expire one key: ${fixed(expiryMicros, 1)}`);
  console.log(
    `bytes per user in PostgreSQL: table ${fixed(row.tableBytes, 0)}, indexes ${fixed(row.indexBytes, 0)}`,
  );
  console.log(`memory of a service process: ${fixed(residentMb, 0)} MB`);
  console.log(`${Object.values(machine).join(', ')}\n\nRows for docs/scaling.md:`);
  console.log(pageRows(measured, keys).join('\n'));
}

/** The measured cells of the tables of the page. */
function pageRows(measured, keys) {
  const cells = (symbol, values) => `| \`${symbol}\` | … | ${values.map(Math.round).join(' | ')} | … |`;
  const bytes = measured.map(({ requestBytes, responseBytes }) => requestBytes + responseBytes);
  const ofAll = (figure) => measured.map((operation) => operation[figure]);
  return [
    cells('serviceMicros', ofAll('cpuMicros')),
    cells('redisMicros', ofAll('redisAloneMicros')),
    cells('redisBatchedMicros', ofAll('redisMicros')),
    cells('sqlMicros', ofAll('postgresMicros')),
    cells('bytes', bytes),
    ...Object.entries(keys).map(([kind, value]) => `| \`${kind}\` | ${Math.round(value)} | …`),
  ];
}
