// Proof of work: a captcha that a device solves instead of a person. The client tries counters until a derived key begins with a
// known prefix; the rest of that key is the answer. The work is bounded by the largest counter, so progress can be shown.

import { pbkdf2, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

export const PROOF_OF_WORK_ITERATIONS = 1000;
const SALT_BYTES = 16;
const COUNTER_BYTES = 4;
const PREFIX_BYTES = 8;
/** 128 bits: unlike the counter, the answer cannot be guessed. */
const ANSWER_BYTES = 16;

/** The largest counter grows with the pressure on the guard: how full the lane of the client is, from 0 to 1. */
const LARGEST_COUNTERS: readonly (readonly [abovePressure: number, largestCounter: number])[] = [
  [0.8, 64_000],
  [0.5, 16_000],
];
const SMALLEST_TASK = 4000;

export function largestCounterFor(pressure: number): number {
  return LARGEST_COUNTERS.find(([above]) => pressure > above)?.[1] ?? SMALLEST_TASK;
}

export interface ProofOfWork {
  /** Base64url. */
  readonly salt: string;
  /** 16 hexadecimal digits in lower case. */
  readonly prefix: string;
  /** 32 hexadecimal digits in lower case. A secret. */
  readonly answer: string;
}

/**
 * Draws a task. The counter is uniform in the upper half of its range, so that every task costs at least half of the largest one.
 * @param id the id of the captcha, which is the password of the derivation: a solution is worth nothing for another captcha.
 */
export async function createProofOfWork(id: string, largestCounter: number): Promise<ProofOfWork> {
  const salt = randomBytes(SALT_BYTES);
  const counter = randomInt(Math.ceil(largestCounter / 2), largestCounter + 1);
  const key = await proofOfWorkKey(id, salt, counter);
  return {
    salt: salt.toString('base64url'),
    prefix: key.subarray(0, PREFIX_BYTES).toString('hex'),
    answer: key.subarray(PREFIX_BYTES).toString('hex'),
  };
}

/** PBKDF2-HMAC-SHA-256 of the id, salted with the salt and the counter as four bytes, big-endian. */
export function proofOfWorkKey(id: string, salt: Uint8Array, counter: number): Promise<Buffer> {
  const salted = Buffer.alloc(salt.length + COUNTER_BYTES);
  salted.set(salt);
  salted.writeUInt32BE(counter, salt.length);
  return derive(id, salted, PROOF_OF_WORK_ITERATIONS, PREFIX_BYTES + ANSWER_BYTES, 'sha256');
}
