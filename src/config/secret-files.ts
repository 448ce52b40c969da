// Secrets from files: `CODE_SECRET_FILE=/run/secrets/code_secret` instead of `CODE_SECRET=…`. Docker and Kubernetes mount
// secrets as files, and a file does not show in the process list, in `docker inspect` or in a crash report.

import { readFileSync, statSync } from 'node:fs';
import { isConfidential } from './env.ts';
import { settings } from './settings.ts';

const SUFFIX = '_FILE';
/** A key in PEM has some hundred bytes. A much longer file is another one. */
const MAX_BYTES = 64 * 1024;

/** The settings whose value may come from a file. */
export const confidentialSettings: readonly string[] = Object.entries(settings)
  .filter(([, schema]) => isConfidential(schema))
  .map(([name]) => name);

/** The names of the settings that name a file. */
export const secretFileSettings: readonly string[] = confidentialSettings.map((name) => name + SUFFIX);

/** `CODE_SECRET_FILE` → `CODE_SECRET`. Another name stays as it is. */
export function settingOfFile(name: string): string {
  return secretFileSettings.includes(name) ? name.slice(0, -SUFFIX.length) : name;
}

export interface SecretFiles {
  /** The environment with the contents of the files. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One entry for each file that cannot be used. A problem quotes no content. */
  readonly errors: readonly { readonly setting: string; readonly problem: string }[];
}

/** Reads the files that the environment names. An empty name counts as absent. */
export function readSecretFiles(environment: SecretFiles['environment']): SecretFiles {
  const contents: Record<string, string> = {};
  const errors: { setting: string; problem: string }[] = [];
  for (const name of confidentialSettings) {
    const setting = name + SUFFIX;
    const path = environment[setting]?.trim();
    if (!path) continue;
    const read = environment[name]?.trim() ? { problem: `and ${name} are both set` } : readSecretFile(path);
    if ('problem' in read) errors.push({ setting, problem: read.problem });
    else contents[name] = read.content;
  }
  return { environment: { ...environment, ...contents }, errors };
}

function readSecretFile(path: string): { content: string } | { problem: string } {
  try {
    if (statSync(path).size > MAX_BYTES) return { problem: `names a file of more than ${MAX_BYTES} bytes` };
    const content = readFileSync(path, 'utf8').trim();
    return content === '' ? { problem: 'names an empty file' } : { content };
  } catch (error) {
    return { problem: `names a file that cannot be read: ${(error as NodeJS.ErrnoException).code}` };
  }
}
