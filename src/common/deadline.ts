// A time limit for any asynchronous work.

export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/**
 * Runs the work with a signal that aborts at the deadline.
 * @throws DeadlineExceededError at the deadline, even if the work ignores the signal.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const exceeded = new DeadlineExceededError(`no answer within ${milliseconds} ms`);
      reject(exceeded);
      controller.abort(exceeded);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
