// Production writes its log in batches. What of it is written at each kind of end of the process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/project-root.ts';

const LOGGER = pathToFileURL(join(projectRoot, 'build-test/src/observability/logger.js')).href;
const LINES = 1000;
/** The longest that a line waits for its batch. */
const BATCH_MS = 100;
/** For a busy machine. */
const SLACK_MS = 1500;

interface Line {
  readonly number: number;
  readonly time: string;
}

/** Runs a program that has `logger`, of production. */
function run(program: string) {
  const source = `import { createLogger } from '${LOGGER}';
    const logger = createLogger({ level: 'info', production: true });
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  return {
    child,
    /** The complete lines that were written until now. */
    lines: (): Line[] =>
      output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  };
}

describe('the log of production', () => {
  it.each([
    ['exits', 'process.exit(0);'],
    ['has nothing left to do', ''],
    ['throws an error that nothing catches', "throw new Error('a bug');"],
    ['leaves a rejection unhandled', "await Promise.reject(new Error('a bug'));"],
  ])('has every line of a process that %s', async (_how, end) => {
    const { child, lines } = run(
      `for (let number = 0; number < ${LINES}; number += 1) logger.info({ number }, 'a line'); ${end}`,
    );
    await once(child, 'close');
    expect(lines().map(({ number }) => number)).toEqual(Array.from({ length: LINES }, (_, index) => index));
  });

  it('has every line of a killed process, except those of the last tenth of a second', async () => {
    const { child, lines } = run(`let number = 0; setInterval(() => logger.info({ number: number++ }), 5);`);
    const closed = once(child, 'close');
    while (lines().length < 100) await once(child.stdout, 'data');
    const killedAtMs = Date.now();
    child.kill('SIGKILL');
    await closed;
    const written = lines();
    expect(written.map(({ number }) => number)).toEqual(written.map((_, index) => index));
    const lastAtMs = Date.parse(written.at(-1)?.time ?? '');
    expect(killedAtMs - lastAtMs).toBeLessThan(BATCH_MS + SLACK_MS);
  });

  it('shows a line within the time of a batch, however few there are', async () => {
    const { child, lines } = run(`setInterval(() => {}, 1000); logger.info({ number: 0 }, 'alone');`);
    await once(child.stdout, 'data');
    const shownAtMs = Date.now();
    const [line] = lines();
    child.kill('SIGKILL');
    expect(shownAtMs - Date.parse(line?.time ?? '')).toBeLessThan(BATCH_MS + SLACK_MS);
  });
});
