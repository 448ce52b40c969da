// The environment of a simulation: the service in its own process, a Redis server whose clock the simulation sets,
// and the simulated Yuntongxun gateway.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Redis } from 'ioredis';
import { SimulatedGateway } from '../dist/sms/providers/yuntongxun/simulator/simulated-gateway.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const ACCOUNT = { accountSid: 'simulation', authToken: 'simulation', appId: 'simulation', templateId: '1' };

/** `settings` are settings of the service, in addition to those that connect it to this environment. */
export async function startEnvironment(settings) {
  const directory = await mkdtemp(join(tmpdir(), 'yanzheng-simulation-'));
  const redisWorker = new Worker(new URL('redis-worker.mjs', import.meta.url));
  const [redisUrl] = await once(redisWorker, 'message');
  const phones = new Phones();
  const gateway = new SimulatedGateway({
    account: ACCOUNT,
    onAccepted: (sms) => phones.receive(sms),
    hasMagicNumbers: false,
  });
  const gatewayUrl = await gateway.start();
  const service = startService(directory, { ...connectionSettings(redisUrl, gatewayUrl), ...settings });
  const url = await printedUrl(service);
  const redis = new Redis(redisUrl);
  return {
    url: `${url}/graphql`,
    redis,
    phones,
    /** Advances the clock of Redis. The service and the gateway keep the real time. */
    async advanceClock(milliseconds) {
      redisWorker.postMessage(milliseconds);
      await once(redisWorker, 'message');
    },
    async stop() {
      service.kill('SIGTERM');
      await once(service, 'exit');
      redis.disconnect();
      await gateway.stop();
      await redisWorker.terminate();
      await rm(directory, { recursive: true });
    },
  };
}

/** The last code that each mobile received. */
class Phones {
  #codes = new Map();

  receive({ mobile, code }) {
    this.#codes.set(mobile, code);
  }

  lastCode(mobile) {
    return this.#codes.get(mobile);
  }
}

function startService(directory, settings) {
  return spawn(process.execPath, ['--enable-source-maps', MAIN, 'serve'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...settings },
  });
}

function connectionSettings(redisUrl, gatewayUrl) {
  return {
    PORT: '0',
    LOG_LEVEL: 'silent',
    REDIS_URL: redisUrl,
    CODE_SECRET: 'a secret that only the simulation uses',
    // The simulation takes the place of a proxy, so the service uses the client addresses that it forwards.
    TRUSTED_PROXIES: '127.0.0.1',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_ACCOUNT_SID: ACCOUNT.accountSid,
    YUNTONGXUN_AUTH_TOKEN: ACCOUNT.authToken,
    YUNTONGXUN_APP_ID: ACCOUNT.appId,
    YUNTONGXUN_BASE_URL: gatewayUrl,
  };
}

async function printedUrl(service) {
  let output = '';
  for await (const chunk of service.stdout) {
    output += chunk;
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
    if (url) {
      service.stdout.resume();
      return url;
    }
  }
  throw new Error(`the service did not start:\n${output}`);
}
