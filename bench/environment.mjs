// What every benchmark needs besides Redis: PostgreSQL, the SMS gateway, the secrets, and running services.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { coreOfServer, freePort, serverCore } from './processes.mjs';
import { local, query, startPostgres } from './stores.mjs';

export const checkout = resolve(import.meta.dirname, '..');
/** The largest value of a rate limit. */
export const UNLIMITED = '1000000000';
const REGISTERED_USERS = 10_000;

export async function startEnvironment({ processes, directory, isEnding }) {
  const postgres = await startPostgres(processes, directory);
  const { url, acceptedSends } = await startGateway(processes);
  return { processes, isEnding, postgres, acceptedSends, secrets: createSecrets(url) };
}

/**
 * Starts an SMS gateway.
 * @param delayMs how long it takes to accept a message
 * @returns its URL, and a function that returns the number of messages that it has accepted.
 */
export async function startGateway(processes, delayMs = 0) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const acceptedSends = async () => Number(await (await fetch(url)).text());
  await processes.start({
    name: `gateway-${port}`,
    command: process.execPath,
    args: [local('gateway.mjs'), String(port), String(delayMs)],
    isReady: async () => (await acceptedSends()) === 0,
  });
  return { url, acceptedSends };
}

/** Addresses that differ from each other, for the clients behind a proxy. */
export function* clientAddresses() {
  for (let index = 0; ; index += 1) yield ipv4('10', index);
}

/** @param network the first number of the address */
export function ipv4(network, index) {
  return [network, (index >> 16) & 255, (index >> 8) & 255, index & 255].join('.');
}

/** The settings that the servers of a run share. */
function createSecrets(gatewayUrl) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    CODE_SECRET: randomBytes(32).toString('base64'),
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TOKEN_ISSUER: 'bench',
    TOKEN_AUDIENCE: 'bench',
    GATEWAY_URL: gatewayUrl,
    GATEWAY_ACCOUNT: randomBytes(16).toString('hex'),
    GATEWAY_TOKEN: randomBytes(16).toString('hex'),
  };
}

/** A proxy on this machine names the clients, see `clientAddresses`. */
export const BEHIND_A_PROXY = { TRUSTED_PROXIES: '127.0.0.1' };

/** As in production, but without effective rate limits. */
export function serviceSettings(secrets, redisUrl) {
  return {
    NODE_ENV: 'production',
    SHUTDOWN_DRAIN_SECONDS: '0', // no load balancer has to notice the end
    REDIS_URL: redisUrl,
    CODE_SECRET: secrets.CODE_SECRET,
    TOKEN_PRIVATE_KEY: secrets.TOKEN_PRIVATE_KEY,
    TOKEN_ISSUER: secrets.TOKEN_ISSUER,
    TOKEN_AUDIENCE: secrets.TOKEN_AUDIENCE,
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_BASE_URL: secrets.GATEWAY_URL,
    YUNTONGXUN_ACCOUNT_SID: secrets.GATEWAY_ACCOUNT,
    YUNTONGXUN_AUTH_TOKEN: secrets.GATEWAY_TOKEN,
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

/** Creates a database with the build's own migrations, and fills it. @returns its URL. */
async function createServiceDatabase({ processes, postgres }, name, main, settings) {
  const url = await postgres.createDatabase(name);
  await processes.finish({
    name: `migrate-${name}`,
    command: process.execPath,
    args: [main, 'migrate'],
    env: { ...settings, DATABASE_URL: url },
  });
  await query(
    url,
    `insert into users (id, mobile, registered_at)
     select gen_random_uuid(), '+86139' || lpad(n::text, 8, '0'), now()
     from generate_series(1, ${REGISTERED_USERS}) n`,
  );
  await query(url, 'vacuum analyze users');
  return url;
}

/**
 * Starts processes of the service that share a Redis and a new database.
 * @param settings  besides those of every benchmark
 * @param nodeArgs  the arguments of Node
 * @param launcher  a command that replaces itself with the service
 * @returns the processes, and the URL of the database.
 */
export async function startInstances(
  environment,
  { main, name, redis, count = 1, settings = {}, nodeArgs = ['--enable-source-maps'], launcher },
) {
  const all = { ...serviceSettings(environment.secrets, redis.url), ...settings };
  const databaseUrl = await createServiceDatabase(environment, name, main, all);
  const env = { ...all, DATABASE_URL: databaseUrl };
  const instances = [];
  for (let index = 0; index < count; index += 1) {
    const service = { name: `${name}_${index}`, main, nodeArgs, launcher, env, core: coreOfServer(index) };
    instances.push(await startService(environment, service));
  }
  return { instances, databaseUrl };
}

function startService(environment, { main, nodeArgs, ...service }) {
  const args = [...nodeArgs, main, 'serve'];
  return startServer(environment, { ...service, args, readyPath: '/readyz' });
}

/** Starts a server in JavaScript. @returns its port and its process id. */
export async function startServer(
  { processes },
  { name, args, env, core = serverCore, readyPath = '/', launcher = [] },
) {
  const port = await freePort();
  const [command, ...launcherArgs] = [...launcher, process.execPath];
  const pid = await processes.start({
    name,
    command,
    args: [...launcherArgs, ...args],
    env: { ...env, PORT: String(port) },
    core,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}${readyPath}`)).status !== 503,
  });
  return { port, pid };
}
