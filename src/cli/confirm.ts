// Asks the person at the terminal before something that cannot be undone.

import { createInterface } from 'node:readline/promises';
import type { Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError if the answer is not yes, or there is no terminal and no `--yes`. */
export async function confirm({ isConfirmed }: Invocation, question: string): Promise<void> {
  if (isConfirmed) return;
  if (!process.stdin.isTTY) throw new UsageError('Without a terminal, confirm with --yes.');
  // The question goes to the standard error, so that the output can be piped.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was done.');
  } finally {
    terminal.close();
  }
}
