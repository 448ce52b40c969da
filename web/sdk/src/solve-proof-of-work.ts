// Solves a proof-of-work captcha with WebCrypto, in a page, a worker or Node.js.

/** The fields of `ProofOfWorkCaptcha` that the work needs. */
export interface ProofOfWorkTask {
  readonly id: string;
  readonly salt: string;
  readonly iterations: number;
  readonly prefix: string;
  readonly largestCounter: number;
}

const KEY_BYTES = 24;
const COUNTER_BYTES = 4;
/** WebCrypto derives on threads of its own, so several counters at a time use several cores. */
const COUNTERS_AT_A_TIME = 32;

/**
 * Tries the counters from 0 up.
 * @param onProgress sees the tried share of all counters, from 0 to 1. The solution is in the upper half.
 * @returns the `captchaAnswer`; `undefined` if no counter fits, which means that the task is damaged.
 */
export async function solveProofOfWork(
  task: ProofOfWorkTask,
  onProgress: (share: number) => void = () => {},
): Promise<string | undefined> {
  const password = await crypto.subtle.importKey('raw', new TextEncoder().encode(task.id), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const salt = bytesOfBase64url(task.salt);
  for (let first = 0; first <= task.largestCounter; first += COUNTERS_AT_A_TIME) {
    const count = Math.min(COUNTERS_AT_A_TIME, task.largestCounter - first + 1);
    const keys = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        deriveKey(password, salted(salt, first + index), task.iterations),
      ),
    );
    const key = keys.find((candidate) => candidate.startsWith(task.prefix));
    if (key !== undefined) {
      onProgress(1);
      return key.slice(task.prefix.length);
    }
    onProgress((first + count) / (task.largestCounter + 1));
  }
  return undefined;
}

/** In lower-case hexadecimal. */
async function deriveKey(
  password: CryptoKey,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<string> {
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  const key = new Uint8Array(await crypto.subtle.deriveBits(parameters, password, KEY_BYTES * 8));
  return Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function salted(salt: Uint8Array, counter: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(salt.length + COUNTER_BYTES);
  bytes.set(salt);
  new DataView(bytes.buffer).setUint32(salt.length, counter);
  return bytes;
}

function bytesOfBase64url(text: string): Uint8Array {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
