// `yanzheng simulator`: the gateways of all providers on one port, for development, tests and staging.

import { startSimulator } from '../start-simulator.ts';
import type { Command } from './command.ts';
import { firstStopSignal } from './stop-signal.ts';

export const simulator: Command = {
  name: 'simulator',
  args: '',
  summary: 'Starts simulated gateways of all SMS providers on one port',
  help: [
    'For development, tests and staging: see docs/providers.md. It runs until a signal, and sends no SMS.',
  ],
  /** @throws ConfigError for invalid settings. */
  async run({ environment, progress }) {
    const stopSignal = firstStopSignal();
    const running = await startSimulator(environment, progress);
    progress(`\n  The SMS simulator listens on ${running.url}`);
    progress('  Open it in a browser to see what arrives, and the magic numbers.');
    progress('  Settings of Yanzheng (SMS_PROVIDER names one or several of the providers):\n');
    for (const line of running.settingsLines) progress(`    ${line}`);
    progress('');
    await stopSignal;
    await running.stop();
    return undefined;
  },
};
