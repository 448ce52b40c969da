// Secrets from files: CODE_SECRET_FILE and the like.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { confidentialSettings } from '../../src/config/secret-files.ts';
import { settings } from '../../src/config/settings.ts';
import { CODE_SECRET, errorsOf, PRODUCTION } from '../support/settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Names of settings whose values give access to something, or contain a password. */
const SECRET_NAME = /SECRET$|_TOKEN$|_KEY$|^REDIS_URL$|^DATABASE_URL$|^TEST_MOBILES$/;

describe('a setting in a file', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    directory = await temporaryDirectory('yanzheng-secrets');
  });
  afterAll(() => directory.remove());

  async function file(name: string, content: string): Promise<string> {
    const path = join(directory.path, name);
    await writeFile(path, content);
    return path;
  }

  it('is possible for every secret', () => {
    const secrets = Object.keys(settings).filter((name) => SECRET_NAME.test(name));
    expect([...confidentialSettings].sort()).toEqual(secrets.sort());
  });

  it('equals the setting in the environment, without the line break at its end', async () => {
    const files = Object.fromEntries(
      await Promise.all(
        confidentialSettings
          .filter((name) => PRODUCTION[name])
          .map(async (name) => [`${name}_FILE`, await file(name, `${PRODUCTION[name]}\n`)]),
      ),
    );
    const others = Object.entries(PRODUCTION).filter(([name]) => !(`${name}_FILE` in files));
    expect(Object.keys(files).length).toBeGreaterThan(3);
    expect(loadConfig({ ...Object.fromEntries(others), ...files })).toEqual(loadConfig(PRODUCTION));
  });

  it('is checked like the setting in the environment', async () => {
    const path = await file('short', 'short');
    expect(errorsOf({ CODE_SECRET_FILE: path })).toEqual(['CODE_SECRET must have at least 32 bytes']);
  });

  it.each([
    ['does not exist', async () => '/does/not/exist', 'names a file that cannot be read: ENOENT'],
    ['is a directory', async () => directory.path, 'names a file that cannot be read: EISDIR'],
    ['is empty', () => file('empty', ' \n'), 'names an empty file'],
    ['is large', () => file('large', 'x'.repeat(70_000)), 'names a file of more than 65536 bytes'],
  ])(
    'that %s is one error, which does not repeat that the setting is missing',
    async (_what, path, problem) => {
      const environment = { ...PRODUCTION, CODE_SECRET: '', CODE_SECRET_FILE: await path() };
      expect(errorsOf(environment)).toEqual([`CODE_SECRET_FILE ${problem}`]);
    },
  );

  it('and in the environment is an error', async () => {
    const path = await file('both', CODE_SECRET);
    expect(errorsOf({ CODE_SECRET, CODE_SECRET_FILE: path })).toEqual([
      'CODE_SECRET_FILE and CODE_SECRET are both set',
    ]);
  });

  it('is unset without a name, and unknown for a setting that is no secret', () => {
    expect(loadConfig({ CODE_SECRET_FILE: ' ' })).toEqual(loadConfig({}));
    expect(errorsOf({ SMS_PER_DAY_FILE: '/x' })).toEqual(['SMS_PER_DAY_FILE is not a setting']);
  });
});
