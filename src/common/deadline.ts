// A time limit for any asynchronous work.

export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
}

/**
 * Waits for the work until the deadline. Work that cannot be cancelled goes on after it.
 * @throws DeadlineExceededError at the deadline, and every error of the work before it.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new DeadlineExceededError(`no answer within ${milliseconds} ms`)),
        milliseconds,
      );
      work().then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
