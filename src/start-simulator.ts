// Starts the simulator with the platforms of all providers.

import type { SettingsSchema, SettingValues } from './config/env.ts';
import { type Environment, loadSettings } from './config/load-config.ts';
import type { Settings } from './config/settings.ts';
import { smsProvider } from './sms/providers/providers.ts';
import { simulations } from './sms/providers/simulations.ts';
import { MessageLog } from './sms/simulator/message-log.ts';
import { ReportSender, reportsTo } from './sms/simulator/report-sender.ts';
import { Simulator } from './sms/simulator/simulator.ts';
import { SimulatorServer } from './sms/simulator/simulator-server.ts';

export interface RunningSimulator {
  readonly url: string;
  /** The settings that point Yanzheng here, one in each line. */
  readonly settingsLines: readonly string[];
  readonly log: MessageLog;
  readonly stop: () => Promise<void>;
}

/**
 * The account of each platform is that of the environment, or a made-up one.
 * @param print shows one line to the person at the terminal.
 * @throws ConfigError for invalid settings, Error if the port is in use.
 */
export async function startSimulator(
  environment: Environment,
  print: (line: string) => void,
): Promise<RunningSimulator> {
  const demo = Object.assign({}, ...simulations.map(([, { demoSettings }]) => demoSettings)) as Environment;
  const accounts = Object.fromEntries(
    Object.entries(demo).map(([name, value]) => [name, environment[name] || value]),
  );
  const settings = loadSettings({ ...environment, ...accounts });
  const log = new MessageLog();
  const platforms = simulations.map(([provider, { create }]) => ({
    provider,
    simulation: create(settingsOf(provider, settings), (mobile) => log.sentTo(provider, mobile)),
  }));
  const reportUrl = settings.SIMULATOR_REPORT_URL;
  const simulator = new Simulator({
    platforms,
    log,
    reports: new ReportSender(reportUrl === undefined ? undefined : reportsTo(reportUrl), log, print),
    hasNumberLimits: settings.SIMULATOR_NUMBER_LIMITS ?? true,
    hasMagicNumbers: true,
  });
  const server = new SimulatorServer(simulator);
  const linesFor = (url: string) => [
    ...Object.entries(accounts).map(([name, value]) => `${name}=${value}`),
    ...platforms.map(({ provider, simulation }) => `${urlSettingOf(provider)}=${url}${simulation.basePath}`),
  ];
  const url = await server.start(settings.SIMULATOR_HOST, settings.SIMULATOR_PORT, (own) =>
    linesFor(own).toSorted(),
  );
  return { url, settingsLines: linesFor(url).toSorted(), log, stop: () => server.stop() };
}

function settingsOf(provider: Parameters<typeof smsProvider>[0], settings: Settings) {
  const names = Object.keys(smsProvider(provider).settings) as (keyof Settings)[];
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as SettingValues<SettingsSchema>;
}

/** `…_BASE_URL`, or the only setting that ends in `_URL`. */
function urlSettingOf(provider: Parameters<typeof smsProvider>[0]): string {
  return Object.keys(smsProvider(provider).settings).find((name) => name.endsWith('_URL')) ?? '';
}
