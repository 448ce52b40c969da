// `npm run -s keys`: prints new secrets as lines for `.env`.

import { createPublicKey, randomBytes } from 'node:crypto';
import { newPrivateKeyPem } from '../infrastructure/embedded/token-key-file.ts';
import { CODE_SECRET_MIN_BYTES } from '../verification/verification.settings.ts';

export function printKeys(): void {
  const privatePem = newPrivateKeyPem();
  const publicPem = createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }) as string;
  console.log(
    [
      '# New secrets. All instances share them. Keep them secret.',
      `CODE_SECRET=${randomBytes(CODE_SECRET_MIN_BYTES).toString('base64')}`,
      `TOKEN_PRIVATE_KEY=${inOneLine(privatePem)}`,
      '# The public key of TOKEN_PRIVATE_KEY, for the next key rotation.',
      `# TOKEN_PREVIOUS_PUBLIC_KEYS=${inOneLine(publicPem)}`,
    ].join('\n'),
  );
}

function inOneLine(pem: string): string {
  return `"${pem.trim().replaceAll('\n', '\\n')}"`;
}
