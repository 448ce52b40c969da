// The run: starts the stores, the gateway and the servers, loads one server after the other, round by round, and
// prints what came of it. node bench/run.mjs [--quick] [--only <operation>]

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import 'reflect-metadata';
import { rateLimitScripts } from '../dist/rate-limiting/rate-limit.store.js';
import { smsCodeScripts } from '../dist/verification/codes/sms-code.store.js';
import { smsCodeAttemptScripts } from '../dist/verification/codes/sms-code-attempt.store.js';
import { idempotencyScripts } from '../dist/verification/idempotency/idempotency.store.js';
import { CONNECTIONS, httpRequest, load } from './load.mjs';
import { operations as allOperations } from './operations.mjs';
import { cpuSeconds, freePort, leaveServerCore, Processes, residentMb, serverCore } from './processes.mjs';
import { judge, percentile, render, summarize } from './report.mjs';
import { local, query, startPostgres, startRedis } from './stores.mjs';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
const plan = flags.quick
  ? { warmUpRounds: 2, rounds: 3, seconds: 0.4 }
  : { warmUpRounds: 7, rounds: 9, seconds: 1.5 };
/** More than any server here answers; what is left over is thrown away. */
const MOST_PER_SECOND = 8000;
const REGISTERED = 10_000;
const MANY = '1000000000';
const BUSY_ENOUGH = 0.9;
const WAITED =
  'A server waited (core % is below 90): for other work on this machine, or for the load and the stores. Then its ' +
  'requests/s say less than its CPU time.';

const operations = allOperations.filter(({ name }) => flags.only === undefined || flags.only === name);
if (operations.length === 0)
  throw new Error(`--only takes ${allOperations.map(({ name }) => name).join(' or ')}`);

leaveServerCore();
const directory = await mkdtemp(join(tmpdir(), 'yanzheng-bench-'));
await chmod(directory, 0o755); // PostgreSQL may have to run as another user
const processes = new Processes(directory);
let ending;

/** However often it is called, and from wherever: everything is ended once. */
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

/** @returns whether every answer was a success. */
async function bench() {
  const dependencies = await startSurroundings();
  const { servers, stores } = await startServers(dependencies);
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of operations) {
      for (const [name, server] of Object.entries(servers)) {
        if (!operation.servers[name]) continue;
        const slice = await measure(operation, name, server, { ...dependencies, stores });
        slices.push({ round, operation: operation.name, server: name, ...slice });
      }
    }
    process.stderr.write(round < 0 ? 'warm-up ' : `${round + 1} `);
  }
  process.stderr.write(`of ${plan.rounds}\n\n`);
  return await report(slices, dependencies.redisName);
}

async function startSurroundings() {
  const createDatabase = await startPostgres(processes, directory);
  const { url: redisUrl, name: redisName } = await startRedis(processes);
  const gatewayPort = await freePort();
  const texts = async () => Number(await (await fetch(`http://127.0.0.1:${gatewayPort}/texts`)).text());
  await processes.start({
    name: 'gateway',
    command: process.execPath,
    args: [local('gateway.mjs'), String(gatewayPort)],
    isReady: async () => (await texts()) === 0,
  });
  const redis = new Redis(redisUrl);
  redis.on('error', () => {}); // whatever fails for it fails the slice too, and at the end it outlives its server
  return { createDatabase, redisUrl, redisName, redis, gatewayPort, texts };
}

async function startServers({ createDatabase, redis, redisUrl, gatewayPort }) {
  const common = {
    REDIS_URL: redisUrl,
    DATABASE_URL: await createDatabase('yanzheng'),
    CODE_SECRET: randomBytes(32).toString('base64'),
    GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
    GATEWAY_ACCOUNT: randomBytes(16).toString('hex'),
    GATEWAY_TOKEN: randomBytes(16).toString('hex'),
  };
  const ours = settings(common);
  await processes.finish({
    name: 'migrate',
    command: process.execPath,
    args: [local('../dist/main.js'), 'migrate'],
    env: ours,
  });
  await query(
    common.DATABASE_URL,
    `insert into users select gen_random_uuid(), '+86139' || lpad(n::text, 8, '0'), now()
     from generate_series(1, ${REGISTERED}) n`,
  );
  await query(common.DATABASE_URL, 'vacuum analyze users');
  const REDIS_SCRIPTS = JSON.stringify({
    ...rateLimitScripts,
    ...idempotencyScripts,
    ...smsCodeScripts,
    ...smsCodeAttemptScripts,
  });
  const betterAuthUrl = await createDatabase('better_auth');
  const servers = {
    ours: await startServer(
      'ours',
      ['--enable-source-maps', local('../dist/main.js'), 'serve'],
      ours,
      '/readyz',
    ),
    floor: await startServer('floor', [local('floor.mjs')], { ...common, REDIS_SCRIPTS }),
    'better-auth': await startServer('better-auth', [local('better-auth.mjs')], {
      ...common,
      DATABASE_URL: betterAuthUrl,
    }),
  };
  const queryBetterAuth = (text, values) => query(betterAuthUrl, text, values);
  return { servers, stores: { redis, codeSecret: common.CODE_SECRET, queryBetterAuth } };
}

/** Everything on, as in production; only the allowances are wider. */
function settings(common) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    NODE_ENV: 'production',
    REDIS_URL: common.REDIS_URL,
    DATABASE_URL: common.DATABASE_URL,
    CODE_SECRET: common.CODE_SECRET,
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TOKEN_ISSUER: 'bench',
    TOKEN_AUDIENCE: 'bench',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_BASE_URL: common.GATEWAY_URL,
    YUNTONGXUN_ACCOUNT_SID: common.GATEWAY_ACCOUNT,
    YUNTONGXUN_AUTH_TOKEN: common.GATEWAY_TOKEN,
    YUNTONGXUN_APP_ID: 'bench',
    CAPTCHA_PER_ADDRESS_PER_MINUTE: MANY,
    SMS_PER_MOBILE_PER_HOUR: MANY,
    SMS_PER_MOBILE_PER_DAY: MANY,
    SMS_PER_ADDRESS_PER_HOUR: MANY,
    SMS_PER_RANGE_PER_HOUR: MANY,
    SMS_PER_DAY: MANY,
    VERIFY_PER_ADDRESS_PER_HOUR: MANY,
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

/** One slice: one operation of one server for some seconds. */
async function measure(operation, name, { port, pid }, { redis, texts, stores }) {
  const { path, success, body = (whole) => whole, mostPerSecond = MOST_PER_SECOND } = operation.servers[name];
  await redis.flushall();
  const bodies = await operation.bodies(stores, Math.ceil(mostPerSecond * plan.seconds), name);
  const requests = bodies.map((whole) => httpRequest(path, body(whole)));
  const isSuccess = (answer) => answer.includes(success);

  const [textsBefore, cpuBefore] = [await texts(), cpuSeconds(pid)];
  const result = await load({ port, requests, seconds: plan.seconds, isSuccess });
  const cpu = cpuSeconds(pid) - cpuBefore;
  const missingTexts = Math.abs((await texts()) - textsBefore - operation.texts * result.answered);
  // A server that is being ended has every right to refuse.
  if (result.wrong.length > 0 && !ending) console.error(`\n${name}, ${operation.name}: ${result.wrong[0]}`);
  return {
    answered: result.answered,
    perSecond: result.answered / result.seconds,
    p50Ms: percentile(result.latencies, 0.5),
    p99Ms: percentile(result.latencies, 0.99),
    cpuMicros: (cpu / result.answered) * 1e6,
    busy: cpu / result.seconds,
    residentMb: residentMb(pid),
    errors: result.wrong.length + missingTexts,
  };
}

async function report(slices, redisName) {
  const summary = summarize(operations, slices);
  const verdicts = judge(operations, slices);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, redis: redisName };
  console.log(render(summary, verdicts));
  console.log(
    `\n${CONNECTIONS} connections, ${plan.rounds} rounds of ${plan.seconds} s; ${Object.values(machine).join(', ')}`,
  );
  if (serverCore === undefined)
    console.log('The servers shared their core with the load: there is no taskset, or one core.');

  if (summary.some(({ busy }) => busy < BUSY_ENOUGH)) console.log(WAITED);

  const results = new URL('results/', import.meta.url);
  await mkdir(results, { recursive: true });
  const file = new URL(`${new Date().toISOString().replace(/[:.]/g, '-')}.json`, results);
  await writeFile(file, JSON.stringify({ plan, machine, summary, verdicts, slices }, null, 2));
  return slices.every(({ errors }) => errors === 0);
}
