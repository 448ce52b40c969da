// `yanzheng generate:keys`: prints new secrets, and how to replace the old ones.

import { createPublicKey, randomBytes } from 'node:crypto';
import { newPrivateKeyPem } from '../infrastructure/embedded/token-key-file.ts';
import { CODE_SECRET_MIN_BYTES } from '../verification/verification.settings.ts';
import type { Command } from './command.ts';

export const generateKeys: Command = {
  name: 'generate:keys',
  args: '',
  summary: 'Prints a new CODE_SECRET and a new TOKEN_PRIVATE_KEY as lines for .env',
  help: [
    'To replace TOKEN_PRIVATE_KEY without an outage:',
    '  1. Append the new public key to TOKEN_PREVIOUS_PUBLIC_KEYS and restart all instances: they publish it.',
    '  2. After five minutes, when every cache of the JWK Set has it: set TOKEN_PRIVATE_KEY to the new key,',
    '     TOKEN_PREVIOUS_PUBLIC_KEYS to the old public key, and restart all instances.',
    '  3. After ten minutes, when the last token of the old key has expired: remove the old public key.',
    'A new CODE_SECRET makes open codes, rate limits and lockouts start empty: replace it only if it has leaked, and stop the old',
    'instances before you start the new ones.',
  ],
  async run() {
    const privatePem = newPrivateKeyPem();
    const publicPem = createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }) as string;
    const codeSecret = randomBytes(CODE_SECRET_MIN_BYTES).toString('base64');
    return {
      lines: [
        '# New secrets. All instances share them. Keep them secret.',
        `CODE_SECRET=${codeSecret}`,
        `TOKEN_PRIVATE_KEY=${inOneLine(privatePem)}`,
        '# The public key of TOKEN_PRIVATE_KEY, for the next key rotation: see yanzheng generate:keys --help',
        `# TOKEN_PREVIOUS_PUBLIC_KEYS=${inOneLine(publicPem)}`,
      ],
      json: { codeSecret, tokenPrivateKey: privatePem, tokenPublicKey: publicPem },
    };
  },
};

function inOneLine(pem: string): string {
  return `"${pem.trim().replaceAll('\n', '\\n')}"`;
}
