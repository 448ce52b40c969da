// `yanzheng config:check`: whether the service would start with these settings.

import { loadConfig } from '../config/load-config.ts';
import { confidentialSettings, secretFileSettings } from '../config/secret-files.ts';
import { settings } from '../config/settings.ts';
import type { Command } from './command.ts';

export const configCheck: Command = {
  name: 'config:check',
  args: '',
  summary: 'Checks the settings, and prints those that are set',
  help: [
    'Invalid and missing settings are listed all at once, with exit code 1. It opens no connection: `yanzheng doctor` does.',
    'The value of a secret is not printed.',
  ],
  /** @throws ConfigError with all errors. */
  async run({ environment }) {
    loadConfig(environment, 'serve');
    const set = [...Object.keys(settings), ...secretFileSettings]
      .filter((name) => environment[name]?.trim())
      .map((name) => ({ name, value: confidentialSettings.includes(name) ? '(secret)' : environment[name] }));
    return {
      lines: ['The settings are valid. Set are:', ...set.map(({ name, value }) => `  ${name}=${value}`)],
      json: { isValid: true, settings: Object.fromEntries(set.map(({ name, value }) => [name, value])) },
    };
  },
};
