// The worker that solves a task: the page stays responsive, and ending the worker ends the work.

import { type ProofOfWorkTask, solveProofOfWork } from './solve-proof-of-work.ts';

export type WorkerMessage = { readonly share: number } | { readonly answer: string | undefined };

const post = (message: WorkerMessage) => postMessage(message);

addEventListener('message', async ({ data }: MessageEvent<ProofOfWorkTask>) => {
  post({ answer: await solveProofOfWork(data, (share) => post({ share })) });
});
