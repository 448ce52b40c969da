// The simulator, started for tests on a free port.

import { afterAll, beforeAll } from '@jest/globals';
import { type RunningSimulator, startSimulator } from '../../src/start-simulator.ts';

export interface TestSimulator extends Pick<RunningSimulator, 'url' | 'log'> {
  /** The settings that point Yanzheng to it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What it has printed. */
  readonly printed: readonly string[];
}

/** Starts it before the tests of the current suite and stops it after them. */
export function withSimulator(environment: () => Record<string, string> = () => ({})): TestSimulator {
  const printed: string[] = [];
  let running: RunningSimulator | undefined;
  const started = (): RunningSimulator => {
    if (running === undefined)
      throw new Error('withSimulator: it runs only while the tests of its suite run');
    return running;
  };
  beforeAll(async () => {
    running = await startSimulator({ SIMULATOR_PORT: '0', ...environment() }, (line) => printed.push(line));
  });
  afterAll(() => running?.stop());
  return {
    printed,
    get url() {
      return started().url;
    },
    get log() {
      return started().log;
    },
    get settings() {
      return Object.fromEntries(
        started().settingsLines.map((line) => {
          const [name = '', ...value] = line.split('=');
          return [name, value.join('=')];
        }),
      );
    },
  };
}
