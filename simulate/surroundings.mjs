// What a simulation runs against: the real service as a process of its own, a Redis whose clock the simulation moves,
// and a gateway that counts texts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { createRedisMock } from 'js-redis-server';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** All that the embedded Redis knows of time, windows and expiries alike, is `Date.now` of this process. */
const realNow = Date.now;
let aheadMs = 0;
Date.now = () => realNow() + aheadMs;

export function moveClock(milliseconds) {
  aheadMs += milliseconds;
}

/** `settings` are the service's, beside those that point at these dependencies. */
export async function startSurroundings(settings) {
  const directory = await mkdtemp(join(tmpdir(), 'yanzheng-simulation-'));
  const mock = await createRedisMock({ compatibility: 'redis-7.0' });
  const [node] = mock.addresses();
  const redisUrl = `redis://${node.host}:${node.port}`;
  const gateway = await startGateway();
  const service = spawn(process.execPath, ['--enable-source-maps', MAIN, 'serve'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      LOG_LEVEL: 'silent',
      REDIS_URL: redisUrl,
      CODE_SECRET: 'a secret for the simulation, not for you',
      // The simulation stands where a proxy would: the addresses that it forwards are believed.
      TRUSTED_PROXIES: '127.0.0.1',
      SMS_PROVIDER: 'yuntongxun',
      YUNTONGXUN_ACCOUNT_SID: 'simulation',
      YUNTONGXUN_AUTH_TOKEN: 'simulation',
      YUNTONGXUN_APP_ID: 'simulation',
      YUNTONGXUN_BASE_URL: gateway.url,
      ...settings,
    },
  });
  const url = await printedUrl(service);
  const redis = new Redis(redisUrl);
  return {
    url: `${url}/graphql`,
    redis,
    texts: gateway.texts,
    async stop() {
      service.kill('SIGTERM');
      await once(service, 'exit');
      redis.disconnect();
      gateway.stop();
      await mock.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** `texts` holds `{ mobile, code }` of every text that it took, oldest first. */
async function startGateway() {
  const texts = [];
  const server = createServer(async (request, response) => {
    const { to, datas } = await json(request);
    texts.push({ mobile: to, code: datas[0] });
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ statusCode: '000000', templateSMS: { smsMessageSid: String(texts.length) } }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, texts, stop: () => server.close() };
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
