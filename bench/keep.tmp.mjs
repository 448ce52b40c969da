import { chmod, mkdtemp } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes, cpuSeconds, residentMb } from './processes.mjs';
import { startEnvironment, startInstances, checkout, serviceSettings } from './environment.mjs';
import { loadBuild } from './builds.mjs';
import { startRedis } from './stores.mjs';
const directory = await mkdtemp(join(tmpdir(), 'yz-st-')); await chmod(directory, 0o755);
const processes = new Processes(directory);
const env = await startEnvironment({ processes, directory, isEnding: () => false });
const redis = await startRedis(processes);
const { main } = await loadBuild(checkout, env.secrets);
const { instances, databaseUrl } = await startInstances(env, { main, name: 'a', redis });
process.kill(instances[0].pid);
const run = async (args, more = {}) => {
  const out = [];
  for (let i = 0; i < 4; i++) {
    const c = spawn(process.execPath, [...args, main, 'serve'], { cwd: directory, env: { PATH: process.env.PATH, ...serviceSettings(env.secrets, redis.url), DATABASE_URL: databaseUrl, PORT: String(24000 + i), ...more }, stdio: ['ignore', 'pipe', 'inherit'] });
    for (;;) { if (await fetch(`http://127.0.0.1:${24000 + i}/readyz`).then(r => r.status !== 503, () => false)) break; await new Promise(r => setTimeout(r, 5)); }
    out.push(cpuSeconds(c.pid).toFixed(2) + '/' + residentMb(c.pid).toFixed(0));
    c.kill('SIGTERM'); await once(c, 'exit');
  }
  console.log(args.join(' '), JSON.stringify(more), out.join(' '));
};
await run([]); await run(['--max-semi-space-size=16']); await run([]);
await processes.end(); process.exit(0);
