// Loaded into a server before its program: `node --import ./profiler.mjs …`. Each SIGUSR2 ends the recording that runs, or
// starts the next one: first a CPU profile, then a profile of allocations, and so on. They are written to PROFILE_DIRECTORY, in
// the formats that Chrome DevTools open.

import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const SAMPLE_INTERVAL_MICROS = 200;
/** On average, one allocation out of so many bytes is recorded. */
const SAMPLE_INTERVAL_BYTES = 8192;

const session = new Session();
session.connect();

const RECORDINGS = [
  {
    extension: 'cpuprofile',
    start() {
      post('Profiler.enable');
      post('Profiler.setSamplingInterval', { interval: SAMPLE_INTERVAL_MICROS });
      post('Profiler.start');
    },
    stop: () => post('Profiler.stop').profile,
  },
  {
    extension: 'heapprofile',
    start() {
      // Also what is collected again: the garbage is what costs time.
      post('HeapProfiler.startSampling', {
        samplingInterval: SAMPLE_INTERVAL_BYTES,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      });
    },
    stop: () => post('HeapProfiler.stopSampling').profile,
  },
];

let signals = 0;
process.on('SIGUSR2', () => {
  const number = signals >> 1;
  const { extension, start, stop } = RECORDINGS[number % RECORDINGS.length];
  if (signals % 2 === 0) start();
  else write(`${number}.${extension}`, stop());
  signals += 1;
});

/** The commands of the profilers answer at once. */
function post(method, params) {
  let result;
  session.post(method, params, (error, answer) => {
    if (error) throw new Error(`${method}: ${error.message}`);
    result = answer;
  });
  return result;
}

/** A reader that waits for the file finds it complete. */
function write(name, profile) {
  const file = join(process.env.PROFILE_DIRECTORY, name);
  writeFileSync(`${file}.partial`, JSON.stringify(profile));
  renameSync(`${file}.partial`, file);
}
