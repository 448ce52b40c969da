// The summary of a CPU profile of the benchmark: shares by package, and by our functions with what they call.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/project-root.ts';

const MODULE = pathToFileURL(join(projectRoot, 'bench/profile-summary.mjs')).href;
const OURS = pathToFileURL(join(projectRoot, 'dist/app.js')).href;
const LIBRARY = 'file:///elsewhere/node_modules/@scope/library/index.js';

function node(id: number, functionName: string, url: string, children: number[] = []) {
  return { id, callFrame: { functionName, url, lineNumber: 0 }, children };
}

/** Our function calls itself and a library, which calls a function of V8. The process is idle for a while. */
const PROFILE = {
  nodes: [
    node(1, '(root)', '', [2, 3]),
    node(2, '(idle)', ''),
    node(3, 'handle', OURS, [4]),
    node(4, 'handle', OURS, [5]),
    node(5, 'parse', LIBRARY, [6]),
    node(6, 'digest', ''),
  ],
  samples: [2, 3, 4, 5, 6],
  timeDeltas: [1000, 10, 20, 30, 40],
};

describe('the summary of a CPU profile', () => {
  it('leaves out idle time, and attributes the rest to packages without what they call', async () => {
    const { summarizeCpu } = await import(MODULE);
    const { busyMicros, packages } = summarizeCpu(PROFILE, projectRoot);
    expect(busyMicros).toBe(100);
    expect(packages).toEqual([
      { name: 'native digest', micros: 40 },
      { name: 'yanzheng', micros: 30 },
      { name: '@scope/library', micros: 30 },
    ]);
  });

  it('counts a function of ours once with all that it calls, also if it calls itself', async () => {
    const { summarizeCpu } = await import(MODULE);
    expect(summarizeCpu(PROFILE, projectRoot).functions).toEqual([{ name: 'handle  app.js', micros: 100 }]);
  });
});
