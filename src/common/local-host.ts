// Names of this machine in the header `Host`. Another name may have been pointed here by DNS rebinding, so that a
// page of another site reads what only this machine may see.

const LOCAL_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/** @param host the header `Host`, with or without a port. */
export function isLocalHost(host: string): boolean {
  return LOCAL_HOST.test(host);
}
