// Stores the measurements of a run as JSON.

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';

export function describeMachine(redisName) {
  return { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, redis: redisName };
}

/** Writes bench/results/<time>[-<name>].json. */
export async function saveResults(results, name) {
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const time = new Date().toISOString().replace(/[:.]/g, '-');
  const file = [time, name].filter(Boolean).join('-');
  await writeFile(new URL(`${file}.json`, folder), JSON.stringify(results, null, 2));
}
