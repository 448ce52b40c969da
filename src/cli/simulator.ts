// `npm run simulator`: the gateways of all providers on one port, for development, tests and staging.

import { type Environment } from '../config/load-config.ts';
import { startSimulator } from '../start-simulator.ts';

/** Runs until a signal. @throws ConfigError for invalid settings. */
export async function runSimulator(environment: Environment, stopSignal: Promise<string>): Promise<void> {
  const simulator = await startSimulator(environment, (line) => console.log(line));
  console.log(`\n  The SMS simulator listens on ${simulator.url}`);
  console.log('  Open it in a browser to see what arrives, and the magic numbers.');
  console.log('  Settings of Yanzheng (SMS_PROVIDER names one or several of the providers):\n');
  for (const line of simulator.settingsLines) console.log(`    ${line}`);
  console.log('');
  await stopSignal;
  await simulator.stop();
}
