// The settings of the simulator.

import { integer, onOff, providerUrl, text } from '../../config/env.ts';

export const simulatorSettings = {
  SIMULATOR_HOST: text.default('127.0.0.1'),
  SIMULATOR_PORT: integer(0, 65_535).default(4010),
  SIMULATOR_REPORT_URL: providerUrl.optional(),
  SIMULATOR_NUMBER_LIMITS: onOff.default(true),
};
