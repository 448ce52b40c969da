// The signals that end a process.

/** The listeners stay for the life of the process, so a second signal does not interrupt the shutdown. */
export function firstStopSignal(): Promise<string> {
  return new Promise((resolve) => {
    // SIGHUP is sent when the terminal closes.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => resolve(signal));
  });
}
