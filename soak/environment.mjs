// The environment of a soak test: PostgreSQL, Redis, the simulated Yuntongxun gateway, and the built service as a process
// with a debugger port, through which its memory is read after a garbage collection.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, Processes } from '../bench/processes.mjs';
import { startPostgres, startRedis } from '../bench/stores.mjs';
import { SimulatedGateway } from '../dist/sms/providers/yuntongxun/simulator/simulated-gateway.js';

const MAIN = resolve(import.meta.dirname, '../dist/main.js');
const ACCOUNT = { accountSid: 'soak', authToken: 'soak', appId: 'soak', templateId: '1' };
/** Short, so that the state that they bound reaches its size in the warm-up. */
const SHORT_TTLS = { IMAGE_CAPTCHA_TTL_SECONDS: '10', SMS_CODE_TTL_SECONDS: '30' };

/** `plantLeak` loads a module into the service that leaks memory. */
export async function startEnvironment({ plantLeak }) {
  const directory = await mkdtemp(join(tmpdir(), 'yanzheng-soak-'));
  await chmod(directory, 0o755); // PostgreSQL may have to run as another user
  const processes = new Processes(directory);
  const codes = new Map();
  const gateway = new SimulatedGateway({
    account: ACCOUNT,
    onAccepted: ({ mobile, code }) => codes.set(mobile, code),
    hasMagicNumbers: false,
  });
  let stopping;
  const stop = () => {
    stopping ??= processes.end().then(() => gateway.stop());
    return stopping;
  };
  try {
    const { createDatabase } = await startPostgres(processes, directory);
    const redis = await startRedis(processes);
    const settings = serviceSettings({
      REDIS_URL: redis.url,
      DATABASE_URL: await createDatabase('soak'),
      CODE_SECRET: randomBytes(32).toString('base64'),
      YUNTONGXUN_BASE_URL: await gateway.start(),
    });
    const migration = { command: process.execPath, args: [MAIN, 'migrate'], env: settings };
    await processes.finish({ name: 'migrate', ...migration });
    const service = await startService(processes, settings, plantLeak);
    return {
      ...service,
      redisUrl: redis.url,
      redisName: redis.name,
      captchaKey: (id) => `yz:captcha:${id}`,
      /** The code of the latest SMS to a mobile, once. */
      takeCode(mobile) {
        const code = codes.get(mobile);
        codes.delete(mobile);
        return code;
      },
      plantedLeak: plantLeak ? 'with a planted leak of 1 KB per request' : undefined,
      stop,
      get isStopping() {
        return stopping !== undefined;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As in production. Only the cap on the cost of a day is too high to be reached. */
function serviceSettings(connections) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    SHUTDOWN_DRAIN_SECONDS: '0',
    ...connections,
    ...SHORT_TTLS,
    TOKEN_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    // The load takes the place of a proxy, so the service uses the client addresses that it forwards.
    TRUSTED_PROXIES: '127.0.0.1',
    SMS_PER_DAY: '1000000000',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_ACCOUNT_SID: ACCOUNT.accountSid,
    YUNTONGXUN_AUTH_TOKEN: ACCOUNT.authToken,
    YUNTONGXUN_APP_ID: ACCOUNT.appId,
  };
}

async function startService(processes, settings, plantLeak) {
  const port = await freePort();
  const debuggerPort = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const leak = plantLeak ? ['--import', new URL('leak.mjs', import.meta.url).href] : [];
  const pid = await processes.start({
    name: 'service',
    command: process.execPath,
    args: [`--inspect=127.0.0.1:${debuggerPort}`, ...leak, '--enable-source-maps', MAIN, 'serve'],
    env: { ...settings, PORT: String(port) },
    isReady: async () => (await fetch(`${url}/readyz`)).status === 200,
  });
  return { url, pid, debuggerUrl: `http://127.0.0.1:${debuggerPort}` };
}
