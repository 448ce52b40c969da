import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveServerCores, Processes, residentMb, cpuSeconds } from './processes.mjs';
import { startEnvironment, startInstances, checkout } from './environment.mjs';
import { loadBuild } from './builds.mjs';
import { startRedis } from './stores.mjs';
leaveServerCores(1);
const directory = await mkdtemp(join(tmpdir(), 'yz-st-')); await chmod(directory, 0o755);
const processes = new Processes(directory);
const env = await startEnvironment({ processes, directory, isEnding: () => false });
const redis = await startRedis(processes);
const { main, storage } = await loadBuild(checkout, env.secrets);
for (const f of [[], [], ['--cpu-prof','--cpu-prof-dir=/tmp/stprof','--cpu-prof-interval=500'], ['--max-semi-space-size=16']]) {
  const { instances } = await startInstances(env, { main, name: 'x' + Math.random().toString(36).slice(2), redis, nodeArgs: f });
  const pid = instances[0].pid;
  console.log(f.join(' '), 'cpu', cpuSeconds(pid).toFixed(2), 'rss', residentMb(pid).toFixed(0));
  if (f.length > 2) { process.kill(pid, 'SIGTERM'); await new Promise(r => setTimeout(r, 3000)); } 
}
await processes.end(); process.exit(0);
