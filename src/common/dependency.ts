// The port through which features use Redis and PostgreSQL.

/** A client whose calls have a time limit and one kind of failure. */
export interface Dependency<Client> {
  /**
   * Runs one call on the client.
   * @throws DependencyUnavailableError if the call times out or the connection fails. Rethrows every other error.
   */
  use<Result>(call: (client: Client) => Promise<Result>): Promise<Result>;
}

/** Redis or PostgreSQL did not answer. The call may have taken effect there. */
export class DependencyUnavailableError extends Error {
  override readonly name = 'DependencyUnavailableError';

  constructor(
    readonly dependency: string,
    options: { cause: unknown },
  ) {
    super(`${dependency} is unavailable`, options);
  }
}
