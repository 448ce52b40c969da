// The run: starts the stores, the gateway and the servers, loads one server after the other in each round, and prints the
// results. Usage: node bench/run.mjs [--quick] [--only <operation>] [--against <directory>]

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { loadBuild } from './builds.mjs';
import { CONNECTIONS, httpRequest, load } from './load.mjs';
import { operations as allOperations } from './operations.mjs';
import { cpuSeconds, freePort, leaveServerCore, Processes, residentMb, serverCore } from './processes.mjs';
import { compareBuilds, judge, percentile, render, summarize } from './report.mjs';
import { betterAuthSeeds, redisSeeds } from './seeds.mjs';
import { local, query, startPostgres, startRedis } from './stores.mjs';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, against: { type: 'string' } },
});
const plan = flags.quick
  ? { warmUpRounds: 2, rounds: 3, seconds: 0.4 }
  : { warmUpRounds: 7, rounds: 9, seconds: 1.5 };
/** More requests than a server handles in a second. The remaining ones are dropped. */
const MAX_PER_SECOND = 12_000;
const REGISTERED_USERS = 10_000;
/** The largest value of a rate limit. */
const UNLIMITED = '1000000000';
const MIN_BUSY = 0.9;
const NOT_BUSY =
  'A server was idle for a part of its time (core % is below 90): other programs used its core, or the load, Redis or ' +
  'PostgreSQL were slower than the server. Compare CPU µs then, not requests per second.';

const checkout = resolve(import.meta.dirname, '..');
const previous = flags.against && resolve(process.env.INIT_CWD ?? '.', flags.against);
const operations = selectOperations();

leaveServerCore();
const directory = await mkdtemp(join(tmpdir(), 'yanzheng-bench-'));
await chmod(directory, 0o755); // PostgreSQL may have to run as another user
const processes = new Processes(directory);
let ending;

/** May be called several times: the processes are stopped once. */
function end(exitCode) {
  ending ??= processes.end().finally(() => process.exit(exitCode));
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(1));
try {
  await end((await bench()) ? 0 : 1);
} catch (error) {
  if (!ending) console.error(error);
  await end(1);
}

/** The operations that the flags select, with the servers that will run. */
function selectOperations() {
  const names = allOperations.map(({ name }) => name);
  if (flags.only !== undefined && !names.includes(flags.only))
    throw new Error(`--only must be ${names.join(' or ')}`);
  return allOperations
    .filter(({ name }) => flags.only === undefined || flags.only === name)
    .map(({ servers, ...operation }) => {
      const { previous: previousServer, ...others } = servers;
      return { ...operation, servers: previous ? servers : others };
    });
}

/** @returns whether all responses were successes. */
async function bench() {
  const environment = await startEnvironment();
  const servers = await startServers(environment);
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of operations) {
      for (const name of inTurn(Object.keys(operation.servers), round)) {
        const slice = await measure(operation, name, servers[name], environment);
        slices.push({ round, operation: operation.name, server: name, ...slice });
      }
    }
    process.stderr.write(round < 0 ? 'warm-up ' : `${round + 1} `);
  }
  process.stderr.write(`of ${plan.rounds}\n\n`);
  return await report(slices, environment.redisName);
}

/** Every second round goes backwards, so that no server always follows the same one. */
function inTurn(names, round) {
  return round % 2 === 0 ? names : names.toReversed();
}

async function startEnvironment() {
  const createDatabase = await startPostgres(processes, directory);
  const { url: redisUrl, name: redisName } = await startRedis(processes);
  const gatewayUrl = `http://127.0.0.1:${await freePort()}`;
  const acceptedSends = async () => Number(await (await fetch(gatewayUrl)).text());
  await processes.start({
    name: 'gateway',
    command: process.execPath,
    args: [local('gateway.mjs'), new URL(gatewayUrl).port],
    isReady: async () => (await acceptedSends()) === 0,
  });
  const redis = new Redis(redisUrl);
  redis.on('error', () => {}); // a failed command fails the measurement, and at the end Redis stops before this client
  return { createDatabase, redisUrl, redisName, redis, gatewayUrl, acceptedSends };
}

/** @returns for each server its port, its process id and its seeds. */
async function startServers({ createDatabase, redis, redisUrl, gatewayUrl }) {
  const common = {
    REDIS_URL: redisUrl,
    CODE_SECRET: randomBytes(32).toString('base64'),
    GATEWAY_URL: gatewayUrl,
    GATEWAY_ACCOUNT: randomBytes(16).toString('hex'),
    GATEWAY_TOKEN: randomBytes(16).toString('hex'),
  };
  const settings = serviceSettings(common);

  async function startBuild(name, buildDirectory) {
    const { main, storage } = await loadBuild(buildDirectory, common.CODE_SECRET);
    const env = { ...settings, DATABASE_URL: await createDatabase(name) };
    await migrate(name, main, env);
    const server = await startServer(name, ['--enable-source-maps', main, 'serve'], env, '/readyz');
    return { ...server, seeds: redisSeeds(redis, storage), databaseUrl: env.DATABASE_URL };
  }

  const current = await startBuild('current', checkout);
  const floorEnv = { ...settings, ...common, DATABASE_URL: current.databaseUrl };
  const betterAuthUrl = await createDatabase('better_auth');
  const betterAuthEnv = { ...common, DATABASE_URL: betterAuthUrl };
  return {
    current,
    previous: previous && (await startBuild('previous', previous)),
    floor: { ...(await startServer('floor', [local('floor.mjs')], floorEnv)), seeds: current.seeds },
    'better-auth': {
      ...(await startServer('better-auth', [local('better-auth.mjs')], betterAuthEnv)),
      seeds: betterAuthSeeds((sql, values) => query(betterAuthUrl, sql, values)),
    },
  };
}

/** Creates the tables with the build's own migrations, and fills them. */
async function migrate(name, main, env) {
  await processes.finish({
    name: `migrate-${name}`,
    command: process.execPath,
    args: [main, 'migrate'],
    env,
  });
  await query(
    env.DATABASE_URL,
    `insert into users (id, mobile, registered_at)
     select gen_random_uuid(), '+86139' || lpad(n::text, 8, '0'), now()
     from generate_series(1, ${REGISTERED_USERS}) n`,
  );
  await query(env.DATABASE_URL, 'vacuum analyze users');
}

/** As in production, but without effective rate limits. */
function serviceSettings(common) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    NODE_ENV: 'production',
    SHUTDOWN_DRAIN_SECONDS: '0', // no load balancer has to notice the end
    REDIS_URL: common.REDIS_URL,
    CODE_SECRET: common.CODE_SECRET,
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TOKEN_ISSUER: 'bench',
    TOKEN_AUDIENCE: 'bench',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_BASE_URL: common.GATEWAY_URL,
    YUNTONGXUN_ACCOUNT_SID: common.GATEWAY_ACCOUNT,
    YUNTONGXUN_AUTH_TOKEN: common.GATEWAY_TOKEN,
    YUNTONGXUN_APP_ID: 'bench',
    CAPTCHA_PER_ADDRESS_PER_MINUTE: UNLIMITED,
    SMS_PER_MOBILE_PER_HOUR: UNLIMITED,
    SMS_PER_MOBILE_PER_DAY: UNLIMITED,
    SMS_PER_ADDRESS_PER_HOUR: UNLIMITED,
    SMS_PER_RANGE_PER_HOUR: UNLIMITED,
    SMS_PER_DAY: UNLIMITED,
    VERIFY_PER_ADDRESS_PER_HOUR: UNLIMITED,
  };
}

async function startServer(name, args, env, readyPath = '/') {
  const port = await freePort();
  const pid = await processes.start({
    name,
    command: process.execPath,
    args,
    env: { ...env, PORT: String(port) },
    core: serverCore,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}${readyPath}`)).status !== 503,
  });
  return { port, pid };
}

/** Measures one operation of one server for some seconds. */
async function measure(operation, name, { port, pid, seeds }, { redis, acceptedSends }) {
  const {
    path,
    success,
    body = (graphql) => graphql,
    maxPerSecond = MAX_PER_SECOND,
  } = operation.servers[name];
  await redis.flushall();
  const bodies = await operation.bodies(seeds, Math.ceil(maxPerSecond * plan.seconds));
  const requests = bodies.map((graphql) => httpRequest(path, body(graphql)));
  const isSuccess = (response) => response.includes(success);

  const [sendsBefore, cpuBefore] = [await acceptedSends(), cpuSeconds(pid)];
  const result = await load({ port, requests, seconds: plan.seconds, isSuccess });
  const cpu = cpuSeconds(pid) - cpuBefore;
  const missingSends = Math.abs((await acceptedSends()) - sendsBefore - operation.sends * result.answered);
  // A server that is being stopped may fail.
  if (result.wrong.length > 0 && !ending) console.error(`\n${name}, ${operation.name}: ${result.wrong[0]}`);
  return {
    answered: result.answered,
    perSecond: result.answered / result.seconds,
    p50Ms: percentile(result.latencies, 0.5),
    p99Ms: percentile(result.latencies, 0.99),
    cpuMicros: (cpu / result.answered) * 1e6,
    busy: cpu / result.seconds,
    residentMb: residentMb(pid),
    errors: result.wrong.length + missingSends,
  };
}

async function report(slices, redisName) {
  const results = {
    summary: summarize(operations, slices),
    verdicts: judge(operations, slices),
    comparisons: compareBuilds(operations, slices),
  };
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, redis: redisName };
  console.log(render(results));
  console.log(
    `\n${CONNECTIONS} connections, ${plan.rounds} rounds of ${plan.seconds} s; ${Object.values(machine).join(', ')}`,
  );
  if (previous) console.log(`previous: ${previous}`);
  if (serverCore === undefined)
    console.log(
      'The servers shared their core with the load: taskset is missing, or there is only one core.',
    );
  if (results.summary.some(({ busy }) => busy < MIN_BUSY)) console.log(NOT_BUSY);

  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL(`${new Date().toISOString().replace(/[:.]/g, '-')}.json`, folder);
  await writeFile(file, JSON.stringify({ plan, machine, previous, ...results, slices }, null, 2));
  return slices.every(({ errors }) => errors === 0);
}
