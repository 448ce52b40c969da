// The process with everything embedded: its start, its output, and what stops a start.

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withServiceProcesses } from '../support/service-process.ts';

const processes = withServiceProcesses();
const { run } = processes;

/** The embedded PostgreSQL unpacks itself at its first start, which takes long on a busy machine. */
const UNPACK_TIMEOUT_MS = 90_000;

describe('a start without settings', () => {
  it(
    'serves with embedded servers, reports them, keeps users and keys, excludes a second process, and stops cleanly',
    async () => {
      const seeded = run(['seed', '13800138000']);
      expect(await seeded.exited).toBe(0);
      expect(seeded.output).toMatch(/registered 138\*\*\*\*8000 as [0-9a-f-]{36}/);

      const service = run(['serve']);
      const url = await service.url();
      await service.printed(
        /embedded PostgreSQL.*\n.*embedded Redis, its data is lost when this process ends/,
      );
      await service.printed(/CODE_SECRET is unset: generated for this process/);
      await service.printed(/TOKEN_PRIVATE_KEY is unset: generated once/);
      const key = await readFile(join(processes.directory, '.data/token-key.pem'), 'utf8');
      const jwks = await (await fetch(`${url}/.well-known/jwks.json`)).text();
      expect((await fetch(`${url}/readyz`)).status).toBe(200);

      const second = run(['serve']);
      expect(await second.exited).toBe(1);
      expect(second.output).toMatch(/pg18 is in use by process \d+/);

      service.signal('SIGINT');
      expect(await service.exited).toBe(0);
      expect(existsSync(join(processes.directory, '.data/pg18.lock'))).toBe(false);
      const restarted = run(['serve']);
      expect(await (await fetch(`${await restarted.url()}/.well-known/jwks.json`)).text()).toBe(jwks);
      expect(await readFile(join(processes.directory, '.data/token-key.pem'), 'utf8')).toBe(key);
      restarted.signal('SIGTERM');
      expect(await restarted.exited).toBe(0);
      const again = run(['seed', '+86 138-0013-8000']);
      expect(await again.exited).toBe(0);
      expect(again.output).toContain('138****8000 is already registered');
    },
    UNPACK_TIMEOUT_MS,
  );
});

describe('a start with invalid settings', () => {
  it('fails with every error at once, and prints no secret', async () => {
    await writeFile(join(processes.directory, '.env'), 'SMS_CODE_TTL=5\nPORT=abc\n');
    const service = run(['serve'], { PORT: '', NODE_ENV: 'production', CODE_SECRET: 'short-secret' });
    expect(await service.exited).toBe(1);
    for (const name of ['SMS_CODE_TTL', 'REDIS_URL', 'DATABASE_URL', 'CODE_SECRET', 'SMS_PROVIDER']) {
      expect(service.output).toContain(`  - ${name} `);
    }
    expect(service.output).not.toContain('short-secret');
    expect(existsSync(join(processes.directory, '.data'))).toBe(false);
  });

  it('fails with the name of the file if the stored key is not a key', async () => {
    await mkdir(join(processes.directory, '.data'));
    await writeFile(join(processes.directory, '.data/token-key.pem'), '');
    const service = run(['serve']);
    expect(await service.exited).toBe(1);
    expect(service.output).toMatch(/^\S+token-key\.pem contains no private key\. Delete the file/);
  });
});
